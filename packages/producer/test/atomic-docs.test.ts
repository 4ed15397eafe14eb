import { readFile } from "node:fs/promises";
import { startNats } from "@stationkit/embedded-nats";
import { connect } from "@stationkit/core-protocol";
import { afterEach, expect, it, vi } from "vitest";
import { requireAtomic } from "./support/atomic-server.js";

const example = new URL("./atomic-example/transfer.ts", import.meta.url);

afterEach(() => {
  vi.restoreAllMocks();
});

it("docs/atomic-batches.md shows the example word for word, and tells what it prints", async (context) => {
  const page = await readFile(new URL("../../../docs/atomic-batches.md", import.meta.url), "utf8");
  const source = await readFile(example, "utf8");
  expect([...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code)).toEqual([source]);

  await using server = await startNats();
  await using connection = await connect({ servers: server.url });
  requireAtomic(context, connection);
  const told = [...source.matchAll(/console\.log\(.*; \/\/ (.+)$/gm)].map(([, text]) => text);
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  await import(example.href);
  expect(log.mock.calls.map((values) => values.map(String).join(" "))).toEqual(told);
});

import { readdir, readFile } from "node:fs/promises";
import { type NatsServer, startNats } from "@stationkit/embedded-nats";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { expectNoClients, failOnUnhandledRejections } from "./support/broker.js";

const examples = new URL("../examples/", import.meta.url);
const names = (await readdir(examples)).sort();
const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);

failOnUnhandledRejections();

describe("the README", () => {
  let server: NatsServer;

  beforeAll(async () => {
    const users = [{ user: "root$1", password: "memphis-1" }];
    server = await startNats({ config: { authorization: { users } } });
    vi.stubEnv("NATS_URL", `nats://root%241:memphis-1@127.0.0.1:${server.port}`);
    vi.stubEnv("NATS_PORT", String(server.port));
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await expectNoClients(server);
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.stop();
  });

  it("shows exactly the example files, word for word", async () => {
    const sources = await Promise.all(names.map((name) => readFile(new URL(name, examples), "utf8")));
    expect([...blocks].sort()).toEqual(sources.sort());
  });

  it.each(names)("tells what %s prints", async (name) => {
    const source = await readFile(new URL(name, examples), "utf8");
    const told = [...source.matchAll(/console\.log\(.*; \/\/ (.+)$/gm)].map(([, text]) => text);
    expect(told).not.toEqual([]);

    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(new URL(name, examples).href);
    const printed = log.mock.calls.map((values) => values.map(String).join(" "));
    // A listener stands above what it prints last.
    expect(printed.sort()).toEqual(told.sort());
  });
});

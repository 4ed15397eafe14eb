import { readdir, readFile } from "node:fs/promises";
import { STATION_ADMIN_DEFAULTS, STATION_DEFAULTS } from "@stationkit/station-admin";
import { startModelBroker } from "@stationkit/test-kit/memphis";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { useBroker } from "./support/broker.js";

const examples = new URL("./examples/", import.meta.url);
const names = (await readdir(examples)).sort();
const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);

describe("the README", () => {
  const broker = useBroker();

  beforeAll(async () => {
    vi.stubEnv("NATS_URL", broker.url);
    // For the one example that speaks to a Memphis broker.
    await startModelBroker(broker.connection);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it("shows exactly the example files, word for word", async () => {
    const sources = await Promise.all(names.map((name) => readFile(new URL(name, examples), "utf8")));
    expect([...blocks].sort()).toEqual(sources.sort());
  });

  it.each(names)("tells what %s prints", async (name) => {
    const source = await readFile(new URL(name, examples), "utf8");
    const told = [...source.matchAll(/console\.log\(.*; \/\/ (.+)$/gm)].map(([, text]) => text);
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(new URL(name, examples).href);
    expect(log.mock.calls.map((values) => values.map(String).join(" "))).toEqual(told);
  });

  it("tells the defaults as they are", () => {
    const rows = new Map(
      [...readme.matchAll(/^\| `(\w+)` +\|[^|]*\| ([^|]*?) +\|/gm)].map(([, option, value]) => [option, value]),
    );
    const number = (value: number): string => value.toLocaleString("en-US");
    expect(rows.get("partitions")).toBe(number(STATION_DEFAULTS.partitions));
    expect(rows.get("storage")).toBe(`\`${STATION_DEFAULTS.storage}\``);
    expect(rows.get("discard")).toBe(`\`${STATION_DEFAULTS.discard}\``);
    expect(rows.get("retention")).toContain(number(STATION_DEFAULTS.retention.maxAgeMs));
    expect(rows.get("idempotencyWindowMs")).toContain(number(STATION_DEFAULTS.idempotencyWindowMs));
    expect(rows.get("timeoutMs")).toBe(number(STATION_ADMIN_DEFAULTS.timeoutMs));
    expect(rows.get("pollIntervalMs")).toBe(number(STATION_ADMIN_DEFAULTS.pollIntervalMs));
  });
});

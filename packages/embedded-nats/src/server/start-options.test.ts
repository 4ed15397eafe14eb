import { describe, expect, it } from "vitest";
import { InvalidOptionsError } from "../errors.js";
import { DEFAULTS, resolveStartOptions, type StartClusterOptions, type StartNatsOptions } from "./start-options.js";

describe("options", () => {
  it("have the documented defaults", () => {
    expect(DEFAULTS).toEqual({
      port: -1,
      name: "embedded",
      size: 3,
      jetstream: true,
      persistent: false,
      download: true,
      downloadTimeoutMs: 180_000,
      startTimeoutMs: 20_000,
      stopTimeoutMs: 5_000,
    });
    expect(Object.isFrozen(DEFAULTS)).toBe(true);
    expect(resolveStartOptions({}, "server")).toMatchObject({
      port: -1,
      name: "embedded",
      jetstream: {},
      persistent: false,
    });
  });

  it.each<[string, unknown]>([
    ["prot", { prot: 4222 }],
    ["size", { size: 3 }],
    ["port", { port: 0 }],
    ["port", { port: 65_536 }],
    ["port", { port: "4222" }],
    ["name", { name: "" }],
    ["startTimeoutMs", { startTimeoutMs: Number.NaN }],
    ["stopTimeoutMs", { stopTimeoutMs: -1 }],
    ["downloadTimeoutMs", { downloadTimeoutMs: 1.5 }],
    ["persistent", { persistent: "yes" }],
    ["persistent", { persistent: false, storeDir: "/x" }],
    ["download", { download: 1 }],
    ["binary", { binary: 7 }],
    ["jetstream.maxFileBytes", { jetstream: { maxFileBytes: -1 } }],
    ["jetstream.syncIntervalMs", { jetstream: { syncIntervalMs: "2m" } }],
    ["jetstream.storeDir", { jetstream: { storeDir: "/x" } }],
    ["config.listen", { config: { listen: "0.0.0.0:4222" } }],
    ["config.jetstream", { config: { jetstream: "enabled" } }],
    ["config.cluster.routes", { config: { cluster: { routes: [] } } }],
  ])("are refused by name: %s in %j", (option, options) => {
    const resolve = (): unknown => resolveStartOptions(options as StartNatsOptions, "server");
    expect(resolve).toThrow(InvalidOptionsError);
    expect(resolve).toThrow(expect.objectContaining({ option }) as Error);
  });

  it("of a cluster know size and not port", () => {
    expect(resolveStartOptions({ size: 5 }, "cluster").size).toBe(5);
    for (const options of [{ size: 1 }, { size: 10 }, { size: 2.5 }, { port: 4222 }]) {
      expect(() => resolveStartOptions(options as StartClusterOptions, "cluster")).toThrow(InvalidOptionsError);
    }
  });

  it("of JetStream become nats-server's own", () => {
    const jetstream = { maxMemoryBytes: 1, maxFileBytes: 2, syncIntervalMs: 3, domain: "d" };
    expect(resolveStartOptions({ jetstream }, "server").jetstream).toEqual({
      max_memory_store: 1,
      max_file_store: 2,
      sync_interval: "3ms",
      domain: "d",
    });
    expect(resolveStartOptions({ jetstream: false }, "server").jetstream).toBeUndefined();
  });

  it("make a given store persistent", () => {
    expect(resolveStartOptions({ storeDir: "relative" }, "server")).toMatchObject({
      storeDir: `${process.cwd()}/relative`,
      persistent: true,
    });
  });
});

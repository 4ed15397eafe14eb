import { UsageError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { resolveStationOptions } from "./station-request.js";
import { STATION_DEFAULTS } from "./station-settings.js";

describe("station options", () => {
  it("get the defaults where nothing is said", () => {
    const { partitions, settings, insistsOn } = resolveStationOptions("create", { name: "Orders.EU" });
    expect(partitions).toBe(STATION_DEFAULTS.partitions);
    expect(settings).toEqual({
      retention: STATION_DEFAULTS.retention,
      storage: "file",
      replicas: undefined,
      idempotencyWindowMs: 120_000,
      maxMessageBytes: undefined,
      discard: "old",
      dlsStation: undefined,
      description: undefined,
    });
    expect(Object.keys(insistsOn)).not.toContain("replicas");
  });

  it("are insisted on when they are given", () => {
    const { insistsOn } = resolveStationOptions("create", {
      name: "a",
      replicas: 3,
      dlsStation: "D",
      description: "x",
    });
    expect(insistsOn).toMatchObject({ replicas: 3, dlsStation: "d", description: "x" });
  });

  it.each<[string, object]>([
    ["unknown option partition", { partition: 2 }],
    ["partitions must be an integer from 1 to 10000, not 0", { partitions: 0 }],
    ["partitions must be an integer from 1 to 10000, not 1.5", { partitions: 1.5 }],
    ["replicas must be an integer from 1 to 5, not 6", { replicas: 6 }],
    ["storage must be one of file, memory, not disk", { storage: "disk" }],
    ["discard must be one of old, new, not null", { discard: null }],
    ["idempotencyWindowMs must be an integer from 100 to 86400000, not 99", { idempotencyWindowMs: 99 }],
    [
      "idempotencyWindowMs (5000) may not exceed retention.maxAgeMs (4000)",
      { idempotencyWindowMs: 5_000, retention: { type: "age", maxAgeMs: 4_000 } },
    ],
    ["maxMessageBytes must be an integer from 1 to 2147483647, not 0", { maxMessageBytes: 0 }],
    [
      "retention.type must be one of age, messages, bytes, acknowledgement, unlimited, not ack",
      { retention: { type: "ack" } },
    ],
    [
      "retention.maxAgeMs must be an integer from 100 to 3153600000000, not NaN",
      { retention: { type: "age", maxAgeMs: Number.NaN } },
    ],
    [
      "retention of type acknowledgement: unknown option maxBytes",
      { retention: { type: "acknowledgement", maxBytes: 1 } },
    ],
    ['dlsStation: station "a" cannot hold its own dead letters', { dlsStation: "A" }],
    ["description must be a string of at most 4096 characters", { description: "x".repeat(4_097) }],
  ])("are refused: %s", (message, options) => {
    const resolve = (): unknown => resolveStationOptions("create", { name: "a", ...options });
    expect(resolve).toThrow(UsageError);
    expect(resolve).toThrow(message);
  });
});

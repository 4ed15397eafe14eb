import { parseStationName, type ServerDescription } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import type { StationRecord } from "./station-record.js";
import type { RetentionPolicy, StationSettings } from "./station-settings.js";
import { changedStreamConfig, newStreamConfig, readSettings, serverFeatures } from "./stream-config.js";
import type { StreamConfig } from "./stream-wire.js";

const record: StationRecord = { id: "abc", partitions: 2, revision: 1, dlsStation: undefined };
const settings: StationSettings = {
  retention: { type: "age", maxAgeMs: 86_400_000 },
  storage: "file",
  replicas: 3,
  idempotencyWindowMs: 120_000,
  maxMessageBytes: 1_024,
  discard: "new",
  dlsStation: undefined,
  description: "text",
};
const name = parseStationName("a.b");

function configOf(changes: Partial<StationSettings> = {}): StreamConfig {
  return newStreamConfig({ name, partition: 2, settings: { ...settings, ...changes }, record, features: {} });
}

describe("stream configuration", () => {
  it("names stream and subjects as a Memphis broker does, with durations in nanoseconds", () => {
    expect(configOf()).toMatchObject({
      name: "a#b$2",
      subjects: ["a#b$2.>"],
      retention: "limits",
      max_age: 86_400_000_000_000,
      max_msgs: -1,
      max_bytes: -1,
      max_msg_size: 1_024,
      duplicate_window: 120_000_000_000,
      num_replicas: 3,
      discard: "new",
      allow_direct: true,
    });
  });

  it.each<RetentionPolicy>([
    { type: "age", maxAgeMs: 3_153_600_000_000 },
    { type: "messages", maxMessages: 1 },
    { type: "bytes", maxBytes: 10 ** 12 },
    { type: "acknowledgement" },
    { type: "unlimited" },
  ])("gives settings with retention $type back through JSON", (retention) => {
    const wire = JSON.parse(JSON.stringify(configOf({ retention }))) as StreamConfig;
    expect(readSettings(wire)).toEqual({ ...settings, retention });
  });

  it("reads a stream of another tool that says little", () => {
    const config: StreamConfig = { name: "x$1", retention: "limits", storage: "memory", num_replicas: 1 };
    expect(readSettings(config)).toEqual({
      retention: { type: "unlimited" },
      storage: "memory",
      replicas: 1,
      idempotencyWindowMs: 120_000,
      maxMessageBytes: undefined,
      discard: "old",
      dlsStation: undefined,
      description: undefined,
    });
  });

  it("changes only what differs, and keeps what it does not manage", () => {
    const existing = { ...configOf(), max_msgs: 9, compression: "s2" } as StreamConfig;
    const changed = changedStreamConfig(existing, { ...settings, discard: "old", description: undefined }, record);
    expect(changed).toMatchObject({ max_msgs: 9, compression: "s2", discard: "old", description: "" });
  });

  it.each([
    [0, {}],
    [1, {}],
    [2, { allow_atomic: true }],
    [4, { allow_atomic: true, allow_batched: true }],
  ])("asks a server of API level %d for what it knows", (jetStreamApiLevel, features) => {
    expect(serverFeatures({ jetStreamApiLevel } as ServerDescription)).toEqual(features);
  });
});

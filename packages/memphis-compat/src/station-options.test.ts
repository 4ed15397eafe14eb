import { InvalidNameError, UsageError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { retentionTypes } from "./constants.js";
import { refuseWhatNatsLacks, resolveStationOptions, type StationOptions } from "./station-options.js";

const native = (options: Partial<StationOptions>): object => resolveStationOptions({ name: "s", ...options }).native;

describe("a station in memphis-dev's words", () => {
  it("has memphis-dev's defaults", () => {
    expect(native({ name: "Orders.EU" })).toEqual({
      ...{ name: "orders.eu", partitions: 1, storage: "file", replicas: 1, idempotencyWindowMs: 120_000 },
      retention: { type: "age", maxAgeMs: 3_600_000 },
    });
  });

  it.each([
    [retentionTypes.MAX_MESSAGE_AGE_SECONDS, 90, { type: "age", maxAgeMs: 90_000 }],
    [retentionTypes.MAX_MESSAGE_AGE_SECONDS, 0, { type: "age", maxAgeMs: 3_600_000 }],
    [retentionTypes.MESSAGES, 10, { type: "messages", maxMessages: 10 }],
    [retentionTypes.BYTES, 10, { type: "bytes", maxBytes: 10 }],
    [retentionTypes.ACK_BASED, undefined, { type: "acknowledgement" }],
  ])("keeps messages by %s of %s", (retentionType, retentionValue, retention) => {
    expect(native({ retentionType, retentionValue })).toMatchObject({ retention });
  });

  it.each([
    [undefined, 1],
    [0, 1],
    [2, 3],
    [4, 3],
    [9, 5],
  ])("of %s replicas makes %i, as a Memphis broker", (replicas, placed) => {
    expect(native({ replicas })).toMatchObject({ replicas: placed });
  });

  it.each([
    [{ idempotencyWindowMs: 0 }, 120_000],
    [{ idempotencyWindowMs: 1 }, 100],
    [{ idempotencyWindowMs: 5_000 }, 5_000],
    [{ retentionValue: 60 }, 60_000],
  ])("with %j remembers ids for %i ms", (options, idempotencyWindowMs) => {
    expect(native(options)).toMatchObject({ idempotencyWindowMs });
  });

  it.each([0, -1])("asked for %i partitions has one, as with memphis-dev", (partitionsNumber) => {
    expect(native({ partitionsNumber })).toMatchObject({ partitions: 1 });
  });

  it.each<[Partial<StationOptions>, RegExp]>([
    [{ retentionType: "weeks" }, /retention type/],
    [{ storageType: "disk" }, /storage type/],
    [{ partitionsNumber: 10_001 }, /1 to 10000 partitions/],
    [{ idempotencyWindowMs: 120_000, retentionValue: 60 }, /idempotency window/],
    [{ dlsStation: "-" }, /DLS station/],
    [{ dlsStation: "S" }, /cannot hold its own dead letters/],
    [{ retention: 1 } as never, /unknown option retention/],
  ])("is refused before anything is sent: %j", (options, message) => {
    expect(() => native(options)).toThrow(UsageError);
    expect(() => native(options)).toThrow(message);
  });

  it("is refused for a bad name", () => {
    expect(() => native({ name: "a b" })).toThrow(InvalidNameError);
  });
});

describe("what streams cannot keep", () => {
  it.each([
    [{}, false],
    [{ schemaName: "s" }, true],
    [{ sendSchemaFailedMsgToDls: false }, true],
    [{ sendPoisonMsgToDls: false }, true],
    [{ tieredStorageEnabled: true }, true],
  ])("is found in %j: %s", (options, isSpecial) => {
    expect(resolveStationOptions({ name: "s", ...options }).isSpecial).toBe(isSpecial);
  });

  it.each([
    [{ tieredStorageEnabled: true }, /^tieredStorageEnabled: /],
    [{ sendPoisonMsgToDls: false }, /^sendPoisonMsgToDls: /],
  ])("is refused where NATS has nothing of the kind: %j", (options, message) => {
    expect(() => {
      refuseWhatNatsLacks(resolveStationOptions({ name: "s", ...options }));
    }).toThrow(message);
  });
});

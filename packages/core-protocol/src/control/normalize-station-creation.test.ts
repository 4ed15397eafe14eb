import { describe, expect, test } from "vitest";
import { BrokerError } from "../errors/broker-errors.js";
import {
  normalizeIdempotencyWindow,
  normalizeReplicas,
  normalizeStationCreation,
  stripAccountSuffix,
} from "./normalize-station-creation.js";
import { STATION_CREATION_DEFAULTS } from "./station-requests.js";

const request = { ...STATION_CREATION_DEFAULTS, stationName: "Orders.EU", username: "root" };

test("the SDKs' defaults make a station with an hour's retention in one partition", () => {
  expect(normalizeStationCreation(request)).toEqual({
    stationName: "orders.eu",
    username: "root",
    partitions: 1,
    schemaName: undefined,
    retention: { type: "age", maxAgeMs: 3_600_000 },
    storage: "file",
    replicas: 1,
    idempotencyWindowMs: 120_000,
    dlsConfiguration: { poison: true, schemaverse: true },
    dlsStation: undefined,
    tieredStorageEnabled: false,
  });
});

test("empty retention, storage, replicas and window fall back to the same", () => {
  const bare = {
    ...request,
    retentionType: "",
    retentionValue: 0,
    storageType: "",
    replicas: 0,
    idempotencyWindowMs: 0,
  };
  expect(normalizeStationCreation(bare)).toEqual(normalizeStationCreation(request));
});

test("schema and dead-letter station are lower-cased, and the username loses its account", () => {
  const named = {
    ...request,
    schemaName: "My-Schema",
    dlsStation: "Dead.Letters",
    username: "app$17",
    storageType: "Memory",
  };
  expect(normalizeStationCreation(named)).toMatchObject({
    schemaName: "my-schema",
    dlsStation: "dead.letters",
    username: "app",
    storage: "memory",
  });
});

test.each([
  [-1, 1],
  [0, 1],
  [1, 1],
  [2, 3],
  [3, 3],
  [4, 3],
  [5, 5],
  [6, 5],
  [100, 5],
])("%d replicas become %d", (asked, given) => {
  expect(normalizeReplicas(asked)).toBe(given);
});

describe("idempotency window", () => {
  test.each([
    [-1, 120_000],
    [0, 120_000],
    [1, 100],
    [99, 100],
    [100, 100],
    [86_400_000, 86_400_000],
  ])("%d ms becomes %d ms", (asked, given) => {
    expect(normalizeIdempotencyWindow(asked, { type: "ack" })).toBe(given);
  });

  test("above a day is refused", () => {
    expect(() => normalizeIdempotencyWindow(86_400_001, { type: "bytes", maxBytes: 1 })).toThrow(BrokerError);
  });

  test("may be as long as the retention by age, not longer", () => {
    expect(normalizeIdempotencyWindow(60_000, { type: "age", maxAgeMs: 60_000 })).toBe(60_000);
    expect(() => normalizeIdempotencyWindow(60_001, { type: "age", maxAgeMs: 60_000 })).toThrow(/retention/);
  });

  test("the default window is held against the retention too", () => {
    expect(() => normalizeStationCreation({ ...request, retentionValue: 60, idempotencyWindowMs: 0 })).toThrow(
      /retention/,
    );
  });
});

test.each([
  [{ stationName: "" }, /^Station name/],
  [{ stationName: "a b" }, /^Station name/],
  [{ stationName: "a#b" }, /^Station name/],
  [{ partitionsNumber: 0 }, /update your SDK/],
  [{ partitionsNumber: -1 }, /partitions/],
  [{ partitionsNumber: 10_001 }, /partitions/],
  [{ retentionType: "forever" }, /retention type/],
  [{ storageType: "disk" }, /storage type/],
  [{ dlsStation: "_x" }, /^DLS station name/],
])("%o is refused with the text to answer", (change, message) => {
  expect(() => normalizeStationCreation({ ...request, ...change })).toThrow(BrokerError);
  expect(() => normalizeStationCreation({ ...request, ...change })).toThrow(message);
});

test("only digits after a dollar sign at the end are an account", () => {
  expect(["a$1", "a", "a$", "a$b", "a$1b", "$memphis_user$1"].map(stripAccountSuffix)).toEqual([
    "a",
    "a",
    "a$",
    "a$b",
    "a$1b",
    "$memphis_user",
  ]);
});

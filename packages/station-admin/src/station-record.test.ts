import { parseStationName } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { decodeRecord, encodeRecord, newStationId, type StationRecord } from "./station-record.js";

const record: StationRecord = {
  id: "abc",
  partitions: 4,
  revision: 3,
  dlsStation: parseStationName("dead.letters"),
};

describe("the station record", () => {
  it("is read back as it was written, beside what the server and others put there", () => {
    const metadata = { ...encodeRecord(record, { owner: "team" }), "_nats.ver": "2.15.1" };
    expect(decodeRecord(metadata)).toEqual(record);
    expect(metadata).toHaveProperty("owner", "team");
  });

  it("replaces an older one, and leaves the server's own keys to the server", () => {
    const written = encodeRecord({ ...record, dlsStation: undefined }, { ...encodeRecord(record), "_nats.level": "5" });
    expect(decodeRecord(written)?.dlsStation).toBeUndefined();
    expect(written).not.toHaveProperty("_nats.level");
  });

  it.each([
    ["no metadata", undefined],
    ["none of ours", { owner: "team" }],
    ["a version to come", { ...encodeRecord(record), "stationkit.version": "2" }],
    ["no id", { ...encodeRecord(record), "stationkit.id": "" }],
    ["a count that is none", { ...encodeRecord(record), "stationkit.partitions": "many" }],
    ["a revision that is none", { ...encodeRecord(record), "stationkit.revision": "x" }],
  ])("is not found in %s", (_case, metadata) => {
    expect(decodeRecord(metadata)).toBeUndefined();
  });

  it("does without a dead-letter station that cannot be one", () => {
    const metadata = { ...encodeRecord(record), "stationkit.dls-station": "no spaces" };
    expect(decodeRecord(metadata)).toEqual({ ...record, dlsStation: undefined });
  });

  it("has another id every time", () => {
    expect(new Set(Array.from({ length: 1_000 }, newStationId)).size).toBe(1_000);
  });
});

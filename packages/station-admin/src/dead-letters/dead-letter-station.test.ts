import { parseStationName } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import type { StationSettings } from "../station-settings.js";
import { deadLetterStation, deadLetterStationOptions } from "./dead-letter-station.js";

const settings: StationSettings = {
  retention: { type: "unlimited" },
  storage: "memory",
  replicas: 3,
  idempotencyWindowMs: 120_000,
  maxMessageBytes: undefined,
  discard: "old",
  dlsStation: undefined,
  description: undefined,
};
const station = (name: string, dlsStation?: string): Parameters<typeof deadLetterStation>[0] => ({
  name: parseStationName(name),
  settings: { ...settings, dlsStation: dlsStation === undefined ? undefined : parseStationName(dlsStation) },
});

describe("the station for dead letters", () => {
  it("is the one that the station names, or is named after it", () => {
    expect(deadLetterStation(station("orders", "graveyard"))).toBe("graveyard");
    expect(deadLetterStation(station("orders.eu"))).toBe("orders.eu.dls");
  });

  it("has a legal name of its own for every name there can be", () => {
    const names = ["x".repeat(124), "x".repeat(125), "x".repeat(128), `${"x".repeat(127)}y`];
    const made = names.map((name) => deadLetterStation(station(name)));
    expect(new Set(made).size).toBe(names.length);
    for (const name of made) expect(parseStationName(name).length).toBeLessThanOrEqual(128);
  });

  it("is bounded, and stored as its station", () => {
    expect(deadLetterStationOptions(station("orders"))).toMatchObject({
      name: "orders.dls",
      retention: { type: "bytes", maxBytes: 268_435_456 },
      storage: "memory",
      replicas: 3,
    });
  });
});

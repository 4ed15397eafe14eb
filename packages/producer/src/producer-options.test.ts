import { readFile } from "node:fs/promises";
import { UsageError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import {
  FAST_INGEST_MAX_IN_FLIGHT_MESSAGES,
  PRODUCER_DEFAULTS,
  type ProducerOptions,
  resolveProducerOptions,
} from "./producer-options.js";

const least: ProducerOptions = { stationName: "orders", producerName: "p" };
const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

function resolve(options: object): ReturnType<typeof resolveProducerOptions> {
  return resolveProducerOptions({ ...least, ...options });
}

describe("resolveProducerOptions", () => {
  it("fills in every default", () => {
    expect(resolve({})).toMatchObject(PRODUCER_DEFAULTS);
    expect(resolve({ ackTimeoutMs: undefined, ordering: undefined })).toMatchObject(PRODUCER_DEFAULTS);
  });

  it.each(Object.entries(PRODUCER_DEFAULTS))("has its default of %s in the README", (name, value) => {
    const row = readme.split("\n").find((line) => line.startsWith(`| \`${name}\``));
    expect(row).toContain(
      typeof value === "number" ? ` \`${value.toLocaleString("en-US")}\` ` : ` \`${String(value)}\` `,
    );
  });

  it("takes a larger window for fast ingest, unless one is given", () => {
    expect(resolve({ delivery: "fast-ingest" }).maxInFlightMessages).toBe(FAST_INGEST_MAX_IN_FLIGHT_MESSAGES);
    expect(resolve({ delivery: "fast-ingest", maxInFlightMessages: 7 }).maxInFlightMessages).toBe(7);
    expect(readme).toContain(`default with fast ingest ${FAST_INGEST_MAX_IN_FLIGHT_MESSAGES.toLocaleString("en-US")} `);
  });

  it("keeps what is given", () => {
    const given = {
      idempotent: false,
      ordering: "strict",
      maxInFlightMessages: 1,
      maxInFlightBytes: 1,
      deliveryTimeoutMs: 1,
      ackTimeoutMs: 1,
      retryDelayMs: 1,
      maxRetryDelayMs: 1,
    };
    expect(resolve(given)).toMatchObject(given);
    const partitioner = (): number => 1;
    const serializer = (): Uint8Array => new Uint8Array();
    expect(resolve({ partitioner, serializer })).toMatchObject({ partitioner, serializer });
  });

  it("lower-cases names, and tells one station from a list of one", () => {
    const one = resolve({ stationName: "Orders.EU", producerName: "Checkout" });
    expect(one).toMatchObject({ stations: ["orders.eu"], multiStation: false, producerName: "checkout" });
    expect(resolve({ stationName: ["a"] })).toMatchObject({ stations: ["a"], multiStation: true });
    expect(resolve({ stationName: ["b", "A"] })).toMatchObject({ stations: ["b", "a"] });
  });

  it.each([
    "maxInFlightMessages",
    "maxInFlightBytes",
    "deliveryTimeoutMs",
    "ackTimeoutMs",
    "retryDelayMs",
    "maxRetryDelayMs",
  ])("refuses a %s that is no positive integer", (name) => {
    for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5", null, 10n]) {
      if (value === null) continue;
      expect(() => resolve({ [name]: value }), String(value)).toThrow(UsageError);
    }
  });

  it.each<[string, object]>([
    ["a misspelt option", { ackTimeout: 5 }],
    ["no station", { stationName: undefined }],
    ["a station name that Memphis would refuse", { stationName: "-a" }],
    ["an empty list of stations", { stationName: [] }],
    ["a station listed twice", { stationName: ["a", "b", "A"] }],
    ["a station that is no text", { stationName: [5] }],
    ["no producer name", { producerName: undefined }],
    ["a partitioner that is no function", { partitioner: "kafka" }],
    ["a serializer that is no function", { serializer: {} }],
    ["an unknown ordering", { ordering: "fast" }],
    ["idempotent that is no boolean", { idempotent: "yes" }],
    ["more messages than a window can have", { maxInFlightMessages: 1_000_001 }],
    ["a time that no timer can wait", { deliveryTimeoutMs: 2 ** 31 }],
    ["a first delay above the largest", { retryDelayMs: 100, maxRetryDelayMs: 99 }],
    ["a first delay above the largest's default", { retryDelayMs: 2_001 }],
  ])("refuses %s", (_, options) => {
    expect(() => resolve(options)).toThrow(UsageError);
  });

  it.each([undefined, null, "orders", []])("refuses %s in the place of options", (options) => {
    expect(() => resolveProducerOptions(options as never)).toThrow(UsageError);
  });
});

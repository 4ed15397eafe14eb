import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { CONSUMER_DEFAULTS, type ConsumerOptions, resolveConsumerOptions } from "./consumer-options.js";

const least = { stationName: "Orders.EU", consumerName: "C1" };

describe("resolveConsumerOptions", () => {
  it("fills in the defaults, lowers names, and takes the consumer's name for the group's", () => {
    expect(resolveConsumerOptions(least)).toMatchObject({
      stationName: "orders.eu",
      consumerName: "c1",
      group: "c1",
      start: "all",
      insistsOn: {},
      maxPrefetchMessages: CONSUMER_DEFAULTS.maxPrefetchMessages,
      maxPrefetchBytes: CONSUMER_DEFAULTS.maxPrefetchBytes,
      heartbeatMs: CONSUMER_DEFAULTS.heartbeatMs,
      closeTimeoutMs: CONSUMER_DEFAULTS.closeTimeoutMs,
    });
  });

  it("insists on what was said of the group, also where it is the default", () => {
    const said = { partitions: "shared", ackTimeoutMs: 30_000, maxDeliveries: 3 } as const;
    expect(resolveConsumerOptions({ ...least, ...said }).insistsOn).toEqual(said);
  });

  it.each<[string, Partial<Record<keyof ConsumerOptions, unknown>> & { unknown?: unknown }]>([
    ["an unknown option", { unknown: 1 }],
    ["no station name", { stationName: "" }],
    ["a group name that is none", { consumerGroup: "-" }],
    ["a number and a key", { partitionNumber: 1, partitionKey: "a" }],
    ["partition 0", { partitionNumber: 0 }],
    ["an unknown mode", { partitions: "mine" }],
    ["no deliveries", { maxDeliveries: 0 }],
    ["too short a time for answers", { ackTimeoutMs: 10 }],
    ["half a message", { maxPrefetchMessages: 0.5 }],
    ["no bytes", { maxPrefetchBytes: 0 }],
    ["too quick heartbeats", { heartbeatMs: 1 }],
    ["NaN", { closeTimeoutMs: Number.NaN }],
    ["a deserializer that is none", { deserializer: "json" }],
    ["a deserializer that cannot be synchronous", { deserializer: async () => Promise.resolve(1) }],
    ["a key that is null", { partitionKey: null }],
    ["a key that is a number", { partitionKey: 5 }],
    ["a partitioner that is none", { partitioner: 7 }],
    ["a station's name among its settings", { station: { name: "x" } }],
    ["a start that is none", { start: "middle" }],
  ])("refuses %s", (_, options) => {
    expect(() => resolveConsumerOptions({ ...least, ...options } as ConsumerOptions)).toThrow(
      expect.objectContaining({ outcome: "not-sent", retryable: false }),
    );
  });
});

describe("the README's table of options", () => {
  it("tells every default", async () => {
    const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
    for (const [name, value] of Object.entries(CONSUMER_DEFAULTS)) {
      const row = readme.split("\n").find((line) => line.startsWith(`| \`${name}\` `));
      expect(row, name).toContain(`\`${typeof value === "number" ? value.toLocaleString("en-US") : value}\``);
    }
  });
});

import { parseConsumerGroupName, parseStationName, partitionStream } from "@stationkit/core-protocol";
import { readGroupSettings } from "@stationkit/station-admin";
import { describe, expect, it } from "vitest";
import { type DurableConfig, durableName, groupDifferences, hindrances, newDurableConfig } from "./durable-config.js";

const stream = partitionStream(parseStationName("orders.eu"), 2);
const durable = durableName(parseConsumerGroupName("Billing.EU"));
const start = { deliver_policy: "all" } as const;

describe("a durable", () => {
  it("is what a Memphis broker makes, with the limit of deliveries in the metadata", () => {
    expect(newDurableConfig(stream, durable, { start, settings: {} })).toEqual({
      durable_name: "billing#eu",
      deliver_policy: "all",
      ack_policy: "explicit",
      ack_wait: 30_000_000_000,
      max_deliver: -1,
      max_ack_pending: -1,
      filter_subject: "orders#eu$2.final",
      replay_policy: "instant",
      metadata: { "stationkit.max-deliveries": "10" },
    });
  });

  it.each([{}, { ackTimeoutMs: 1_500, maxDeliveries: 3 }, { partitions: "exclusive" as const }])(
    "is read back: %o",
    (settings) => {
      const config = newDurableConfig(stream, durable, { start, settings });
      expect(groupDifferences(readGroupSettings(config), settings)).toEqual([]);
      expect(readGroupSettings(config)).toEqual({
        ...{ partitions: "shared", ackTimeoutMs: 30_000, maxDeliveries: 10, serverMaxDeliveries: undefined },
        ...settings,
      });
    },
  );

  it("of another tool has the server's limit, or none", () => {
    const foreign = { durable_name: "g", ack_policy: "explicit" } as const;
    expect(readGroupSettings({ ...foreign, max_deliver: 2 })).toMatchObject({
      maxDeliveries: 2,
      serverMaxDeliveries: 2,
    });
    expect(readGroupSettings({ ...foreign, max_deliver: -1 })).toMatchObject({
      maxDeliveries: Number.POSITIVE_INFINITY,
    });
    expect(readGroupSettings(foreign)).toMatchObject({ ackTimeoutMs: 30_000, serverMaxDeliveries: undefined });
  });

  it.each<Partial<DurableConfig>>([
    {},
    { filter_subject: "orders#eu$2.final" },
    { filter_subjects: ["orders#eu$2.resend.g", "orders#eu$2.final"] },
    { filter_subject: "orders#eu$2.*" },
    { filter_subject: "*.final" },
    { filter_subject: "orders#eu$2.>" },
    { filter_subject: ">" },
    { max_batch: 0 },
    { headers_only: false },
    { priority_policy: "none" },
    { priority_policy: "pinned_client", priority_groups: ["member"] },
  ])("of another tool may be read with %o", (config) => {
    expect(hindrances(stream, { durable_name: "g", ack_policy: "explicit", ...config })).toEqual([]);
  });

  it.each<[Partial<DurableConfig>, string]>([
    [{ ack_policy: "none" }, "ack_policy"],
    [{ ack_policy: "all" }, "ack_policy"],
    [{ deliver_subject: "push" }, "deliver_subject"],
    [{ filter_subject: "orders#eu$3.final" }, "filter_subject"],
    [{ filter_subject: "orders#eu$2.final.>" }, "filter_subject"],
    [{ filter_subject: "*" }, "filter_subject"],
    [{ filter_subject: "other.>" }, "filter_subject"],
    [{ filter_subjects: ["orders#eu$2.resend.g"] }, "filter_subject"],
    [{ headers_only: true }, "headers_only"],
    [{ priority_policy: "overflow", priority_groups: ["member"] }, "priority_policy"],
    [{ priority_policy: "pinned_client", priority_groups: ["a"] }, "priority_policy"],
    [{ max_batch: 3 }, "max_batch"],
    [{ max_bytes: 1_000 }, "max_bytes"],
    [{ max_expires: 1_000_000_000 }, "max_expires"],
  ])("of another tool cannot be read as a group's place with %o", (config, setting) => {
    expect(hindrances(stream, { durable_name: "g", ack_policy: "explicit", ...config })).toMatchObject([{ setting }]);
  });

  it("differs only in what is asked for by name", () => {
    const existing = readGroupSettings(newDurableConfig(stream, durable, { start, settings: { maxDeliveries: 3 } }));
    expect(groupDifferences(existing, { ackTimeoutMs: 30_000 })).toEqual([]);
    expect(groupDifferences(existing, { maxDeliveries: 4, partitions: "exclusive" })).toEqual([
      { setting: "partitions", existing: "shared", requested: "exclusive" },
      { setting: "maxDeliveries", existing: 3, requested: 4 },
    ]);
  });
});

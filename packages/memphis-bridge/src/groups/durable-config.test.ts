import { parseConsumerGroupName, parseStationName, partitionStream } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { changedDurable, type GroupRequest, newDurable } from "./durable-config.js";

const stream = partitionStream(parseStationName("orders.eu"), 2);
const request: GroupRequest = {
  consumerGroup: parseConsumerGroupName("Billing.1"),
  maxAckTimeMs: 30_000,
  maxMessageDeliveries: 2,
  startConsumeFromSequence: 1,
  lastMessages: -1,
};

describe("the durable of a group", () => {
  it("is as a Memphis broker makes it", () => {
    expect(newDurable(stream, request, 100)).toEqual({
      durable_name: "billing#1",
      deliver_policy: "all",
      ack_policy: "explicit",
      ack_wait: 30_000_000_000,
      max_deliver: 2,
      max_ack_pending: -1,
      filter_subject: "orders#eu$2.final",
      replay_policy: "instant",
    });
  });

  it.each([
    [{ lastMessages: 0 }, { deliver_policy: "new" }],
    [{ lastMessages: 10 }, { deliver_policy: "by_start_sequence", opt_start_seq: 91 }],
    [{ lastMessages: 100 }, { deliver_policy: "all" }],
    [{ lastMessages: 1_000 }, { deliver_policy: "all" }],
    [{ startConsumeFromSequence: 5 }, { deliver_policy: "by_start_sequence", opt_start_seq: 5 }],
    [{ startConsumeFromSequence: 1 }, { deliver_policy: "all" }],
  ])("begins where %o says", (start, expected) => {
    expect(newDurable(stream, { ...request, ...start }, 100)).toMatchObject(expected);
  });

  it("changes its time and its number of deliveries, and nothing else", () => {
    const existing = { ...newDurable(stream, request, 0), filter_subjects: ["a", "b"] };
    expect(changedDurable(existing, { ...request, lastMessages: 3 })).toBeUndefined();
    expect(changedDurable(existing, { ...request, maxAckTimeMs: 1 })).toEqual({ ...existing, ack_wait: 1_000_000 });
    expect(changedDurable(existing, { ...request, maxMessageDeliveries: 9 })).toEqual({ ...existing, max_deliver: 9 });
  });
});

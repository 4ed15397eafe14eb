import { expect, test } from "vitest";
import { BrokerError } from "../errors/broker-errors.js";
import { UsageError } from "../errors/usage-errors.js";
import { fromWireRetention, type StationRetention, toWireRetention } from "./station-retention.js";

test.each<[StationRetention, string, number]>([
  [{ type: "age", maxAgeMs: 86_400_000 }, "message_age_sec", 86_400],
  [{ type: "messages", maxMessages: 10 }, "messages", 10],
  [{ type: "bytes", maxBytes: 1024 }, "bytes", 1024],
  [{ type: "ack" }, "ack_based", 0],
])("%o is written as %s %d and reads back", (retention, retentionType, retentionValue) => {
  expect(toWireRetention(retention)).toEqual({ retentionType, retentionValue });
  expect(fromWireRetention({ retentionType, retentionValue })).toEqual(retention);
});

test.each<StationRetention>([
  { type: "age", maxAgeMs: 1500 },
  { type: "age", maxAgeMs: 0 },
  { type: "age", maxAgeMs: Number.NaN },
  { type: "messages", maxMessages: 0 },
  { type: "bytes", maxBytes: -1 },
  { type: "bytes", maxBytes: 1.5 },
])("%o cannot be said to a broker", (retention) => {
  expect(() => toWireRetention(retention)).toThrow(UsageError);
});

test.each([
  ["", 10],
  ["", 0],
  ["message_age_sec", 0],
  ["messages", 0],
  ["bytes", -5],
])("%j with %d becomes one hour, silently", (retentionType, retentionValue) => {
  expect(fromWireRetention({ retentionType, retentionValue })).toEqual({ type: "age", maxAgeMs: 3_600_000 });
});

test("the type may be in any case of letters, and ack_based needs no value", () => {
  expect(fromWireRetention({ retentionType: "Messages", retentionValue: 3 })).toEqual({
    type: "messages",
    maxMessages: 3,
  });
  expect(fromWireRetention({ retentionType: "ACK_BASED", retentionValue: -1 })).toEqual({ type: "ack" });
});

test("an unknown type is refused, also without a value", () => {
  expect(() => fromWireRetention({ retentionType: "age", retentionValue: 0 })).toThrow(BrokerError);
});

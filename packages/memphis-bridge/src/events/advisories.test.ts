import { MalformedMessageError } from "@stationkit/core-protocol/control";
import { expect, it } from "vitest";
import { readDelivery } from "./event-delivery.js";
import { decodeMaxDeliveries } from "./max-deliveries-advisory.js";

const message = (reply?: string): Parameters<typeof readDelivery>[0] => ({
  subject: "$memphis_nacked_dls",
  data: Buffer.from("d"),
  ...(reply !== undefined && { reply }),
  respond: () => true,
});

it.each([
  "$JS.ACK.events.bridge.3.42.7.1700000000000000000.0",
  "$JS.ACK.hub.acc.events.bridge.3.42.7.1700000000000000000.0.token",
])("an event is told by the reply subject %s", (reply) => {
  expect(readDelivery(message(reply))).toEqual({
    subject: "$memphis_nacked_dls",
    data: Buffer.from("d"),
    deliveries: 3,
    sequence: 42,
    storedAt: "1700000000000000000",
  });
});

it.each([undefined, "_INBOX.a", "$JS.ACK.events", "$JS.ACK.a.b.c.d.e.f.g"])("%s is no delivery", (reply) => {
  expect(readDelivery(message(reply))).toBeUndefined();
});

it("an advisory names partition, sequence and group", () => {
  const advisory = { stream: "orders#eu$2", consumer: "billing#1", stream_seq: 9, deliveries: 2 };
  expect(decodeMaxDeliveries(Buffer.from(JSON.stringify(advisory)))).toEqual({
    ...{ station: "orders.eu", partition: 2, sequence: 9, group: "billing.1", deliveries: 2 },
  });
});

it("an advisory about another stream is not ours", () => {
  const advisory = { stream: "ORDERS", consumer: "c", stream_seq: 9, deliveries: 2 };
  expect(decodeMaxDeliveries(Buffer.from(JSON.stringify(advisory)))).toBeUndefined();
});

it.each([
  ["nonsense", /is not JSON/],
  ["null", /is no object/],
  ["{}", /"stream" must be a string/],
  ['{"stream":"orders$1","consumer":7,"stream_seq":1,"deliveries":1}', /"consumer" must be a string/],
  ['{"stream":"orders$1","consumer":"c","stream_seq":0,"deliveries":1}', /"stream_seq" must be an integer from 1/],
  ['{"stream":"orders$1","consumer":"c","stream_seq":1}', /"deliveries" must be an integer from 1/],
])("%s is no advisory", (payload, message) => {
  const error = thrownBy(() => decodeMaxDeliveries(Buffer.from(payload)));
  expect(error).toBeInstanceOf(MalformedMessageError);
  expect((error as Error).message).toMatch(message);
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

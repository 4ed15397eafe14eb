import { expect, test } from "vitest";
import { BrokerError } from "../errors/broker-errors.js";
import { CONSUMER_CREATION_DEFAULTS } from "./consumer-requests.js";
import { normalizeConsumerCreation } from "./normalize-consumer-creation.js";

const request = {
  ...CONSUMER_CREATION_DEFAULTS,
  consumerName: "C1",
  stationName: "Orders.EU",
  consumerGroup: "Billing",
  connectionId: "c-1",
  username: "root",
  appId: "a-1",
};

test("names are lower-cased and good numbers stay", () => {
  expect(normalizeConsumerCreation(request)).toEqual({
    ...request,
    consumerName: "c1",
    stationName: "orders.eu",
    consumerGroup: "billing",
  });
});

test("without a group the consumer's name is the group", () => {
  expect(normalizeConsumerCreation({ ...request, consumerGroup: "" }).consumerGroup).toBe("c1");
});

test.each([
  [-1, 30_000],
  [0, 30_000],
  [1, 1],
])("an ack time of %d ms becomes %d ms", (maxAckTimeMs, given) => {
  expect(normalizeConsumerCreation({ ...request, maxAckTimeMs }).maxAckTimeMs).toBe(given);
});

test.each([
  [-1, 10],
  [0, 10],
  [1, 1],
  [10, 10],
  [11, 10],
])("%d deliveries become %d", (maxMessageDeliveries, given) => {
  expect(normalizeConsumerCreation({ ...request, maxMessageDeliveries }).maxMessageDeliveries).toBe(given);
});

test.each([
  { startConsumeFromSequence: 2, lastMessages: -1 },
  { startConsumeFromSequence: 1, lastMessages: 0 },
  { startConsumeFromSequence: 1, lastMessages: 10 },
])("%o is a place to start from", (start) => {
  expect(normalizeConsumerCreation({ ...request, ...start })).toMatchObject(start);
});

test.each([
  [{ startConsumeFromSequence: 0 }, /start_consume_from_sequence/],
  [{ lastMessages: -2 }, /last_messages/],
  [{ lastMessages: 0, startConsumeFromSequence: 2 }, /together/],
  [{ consumerName: "" }, /^Consumer name/],
  [{ consumerGroup: "a b" }, /^Consumer group name/],
  [{ consumerType: "worker" }, /consumer type/],
  [{ stationName: "." }, /^Station name/],
])("%o is refused", (change, message) => {
  expect(() => normalizeConsumerCreation({ ...request, ...change })).toThrow(BrokerError);
  expect(() => normalizeConsumerCreation({ ...request, ...change })).toThrow(message);
});

import { BrokerError, type Connection, UnsupportedOnMemphisError } from "@stationkit/core-protocol";
import {
  consumerCreationFailure,
  CONTROL_SUBJECT,
  encodeConsumerCreationJson,
} from "@stationkit/core-protocol/control";
import { createProducer } from "@stationkit/producer";
import { createStationAdmin } from "@stationkit/station-admin";
import { type ModelBroker, startModelBroker } from "@stationkit/test-kit/memphis";
import { rejection, useBroker } from "@stationkit/test-kit/vitest";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ConsumerGroupConflictError, createConsumer } from "../src/index.js";

const server = useBroker();
let brokerConnection: Connection;
let broker: ModelBroker;
let connection: Connection;
let stationName: string;

beforeEach(async () => {
  brokerConnection = await server.connect({ controlPlane: "jetstream" });
  broker = await startModelBroker(brokerConnection);
  connection = await server.connect({ controlPlane: "memphis" });
  stationName = server.station();
});

async function produce(count: number, partitions = 1): Promise<void> {
  const producer = await createProducer(connection, { stationName, producerName: "p", station: { partitions } });
  for (let i = 1; i <= count; i++) await producer.produce({ message: `m${i}` });
  await producer.flush();
  await producer.close();
}

/** The configuration of the group's durable on a partition. */
async function durable(group: string, partition = 1): Promise<Record<string, unknown>> {
  const info = await connection.jetStream.request<{ config: Record<string, unknown> }>(
    `CONSUMER.INFO.${stationName}$${partition}.${group}`,
  );
  return info.config;
}

describe("a consumer on a Memphis broker", () => {
  it("is registered once, with a group whose durables the broker makes", async () => {
    await produce(4, 2);
    const consumer = await createConsumer(connection, {
      ...{ stationName, consumerName: "c1", consumerGroup: "Billing.EU" },
      ...{ ackTimeoutMs: 5_000, maxDeliveries: 3 },
    });
    expect(broker.sent(CONTROL_SUBJECT.consumerCreations)).toHaveLength(1);
    expect(broker.sent(CONTROL_SUBJECT.consumerCreations)[0]).toMatchObject({
      ...{ name: "c1", station_name: stationName, consumers_group: "billing.eu", connection_id: connection.id },
      ...{ max_ack_time_ms: 5_000, max_msg_deliveries: 3, start_consume_from_sequence: 1, last_messages: -1 },
    });
    expect(await durable("billing#eu", 2)).toMatchObject({ max_deliver: 3, deliver_policy: "all" });
    const messages = await consumer.fetch({ batchSize: 4, maxWaitMs: 5_000 });
    expect(messages.map((message) => message.text()).sort()).toEqual(["m1", "m2", "m3", "m4"]);
    await Promise.all(messages.map((message) => message.ack({ confirmed: true })));
    await consumer.close();
    expect(broker.messages.some(({ hasHeaders }) => hasHeaders)).toBe(false);
  });

  it("keeps the group's place when it is closed: the broker would delete the durables with their last member", async () => {
    await produce(3);
    const first = await createConsumer(connection, { stationName, consumerName: "c" });
    const [message] = await first.fetch({ batchSize: 1, maxWaitMs: 5_000 });
    await message!.ack({ confirmed: true });
    await first.close();
    expect(broker.sent(CONTROL_SUBJECT.consumerDestructions)).toEqual([]);
    const second = await createConsumer(connection, { stationName, consumerName: "c" });
    const rest = await second.fetch({ batchSize: 2, maxWaitMs: 5_000 });
    expect(rest.map((one) => one.text())).toEqual(["m2", "m3"]);
    for (const one of rest) await one.ack();
    await second.close();
  });

  it("takes the settings that its group has, and conflicts before it would change them for all", async () => {
    await produce(1);
    const first = await createConsumer(connection, {
      stationName,
      consumerName: "a",
      consumerGroup: "g",
      maxDeliveries: 4,
    });
    const second = await createConsumer(connection, { stationName, consumerName: "b", consumerGroup: "g" });
    expect(broker.sent(CONTROL_SUBJECT.consumerCreations)[1]).toMatchObject({ max_msg_deliveries: 4 });
    const third = { stationName, consumerName: "c", consumerGroup: "g", maxDeliveries: 5 };
    expect(await rejection(createConsumer(connection, third))).toBeInstanceOf(ConsumerGroupConflictError);
    expect(broker.sent(CONTROL_SUBJECT.consumerCreations)).toHaveLength(2);
    await first.close();
    await second.close();
  });

  it.each([
    ["new", "new", []],
    ["a sequence", { fromSequence: 3 }, ["m3", "m4"]],
    ["the last messages, of which the broker makes no durable for one partition", { lastMessages: 1 }, ["m4"]],
  ] as const)("starts at %s", async (_what, start, expected) => {
    await produce(4);
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", start });
    const messages = await consumer.fetch({ batchSize: Math.max(1, expected.length), maxWaitMs: 1_000 });
    expect(messages.map((message) => message.text())).toEqual(expected);
    for (const message of messages) await message.ack();
    await consumer.close();
  });

  it("asks for the last messages of each of several partitions", async () => {
    await produce(4, 2);
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", start: { lastMessages: 1 } });
    expect(broker.sent(CONTROL_SUBJECT.consumerCreations)[0]).toMatchObject({
      ...{ start_consume_from_sequence: 1, last_messages: 1 },
    });
    const messages = await consumer.fetch({ batchSize: 2, maxWaitMs: 5_000 });
    expect(messages.map((message) => message.text()).sort()).toEqual(["m3", "m4"]);
    for (const message of messages) await message.ack();
    await consumer.close();
  });

  it("tells the broker of a dead letter, under its partition, and takes the message from the group", async () => {
    await produce(2, 2);
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", consumerGroup: "g.h" });
    const notices: unknown[] = [];
    consumer.on("message-dead-lettered", (notice) => notices.push(notice));
    const messages = await consumer.fetch({ batchSize: 2, maxWaitMs: 5_000 });
    for (const message of messages) await message.deadLetter("no such customer");
    const sent = broker.sent(CONTROL_SUBJECT.nackedDls);
    expect([...sent].sort((a, b) => Number(a["partition"]) - Number(b["partition"]))).toEqual([
      { station_name: stationName, error: "no such customer", cg_name: "g#h", seq: 1, partition: 1 },
      { station_name: stationName, error: "no such customer", cg_name: "g#h", seq: 1, partition: 2 },
    ]);
    expect(notices).toHaveLength(2);
    await vi.waitFor(async () => {
      expect(await consumer.lag()).toMatchObject([{ inFlight: 0 }, { inFlight: 0 }]);
    });
    await consumer.close();
  });

  it("reads what the broker sends again, one member of the group, and acknowledges it by its id", async () => {
    await produce(0);
    const options = { stationName, consumerGroup: "g" };
    const consumers = await Promise.all(
      ["a", "b"].map((consumerName) => createConsumer(connection, { ...options, consumerName })),
    );
    await connection.natsConnection.flush();
    broker.sendAgain({ stationName, group: "g", id: 42, text: "again" });
    const fetched = (
      await Promise.all(consumers.map((consumer) => consumer.fetch({ batchSize: 1, maxWaitMs: 1_500 })))
    ).flat();
    expect(fetched.map((message) => [message.text(), message.partition])).toEqual([["again", 0]]);
    await fetched[0]!.ack({ confirmed: true });
    await vi.waitFor(() => {
      expect(broker.sent(CONTROL_SUBJECT.pmAcks)).toEqual([{ id: 42, cg_name: "g" }]);
    });
    await Promise.all(consumers.map((consumer) => consumer.close()));
  });

  it("is not made when the broker refuses it, in plain text or in JSON", async () => {
    await createStationAdmin(connection).ensure({ name: stationName });
    const text = "user stranger does not exist";
    const json = encodeConsumerCreationJson(consumerCreationFailure(text));
    broker.answerNext(CONTROL_SUBJECT.consumerCreations, text, json);
    for (let i = 0; i < 2; i++) {
      const refusal = await rejection(createConsumer(connection, { stationName, consumerName: "c" }));
      expect(refusal).toBeInstanceOf(BrokerError);
      expect(refusal.message).toContain(text);
    }
  });

  it.each([
    ["an exclusive group", { partitions: "exclusive" }],
    ["more than 10 deliveries", { maxDeliveries: 11 }],
    ["a start by time", { start: { fromTime: new Date(0) } }],
  ] as const)("refuses %s before anything is sent", async (_what, options) => {
    const refusal = await rejection(createConsumer(connection, { stationName, consumerName: "c", ...options }));
    expect(refusal).toBeInstanceOf(UnsupportedOnMemphisError);
    expect(broker.messages).toEqual([]);
  });
});

import { parseConsumerGroupName, parseStationName } from "@stationkit/core-protocol";
import { groupMembersSubject } from "@stationkit/core-protocol/control";
import { createStationAdmin } from "@stationkit/station-admin";
import { itOnJetStream } from "@stationkit/test-kit/vitest";
import { describe, expect, it, vi } from "vitest";
import {
  ConsumerGroupConflictError,
  createConsumer,
  type StartPosition,
  UndecodableMessageError,
} from "../src/index.js";
import { useBroker } from "./support/broker.js";
import { numbered, publish } from "./support/publish.js";

const broker = useBroker();
const WAIT = 20_000;

describe("a member", () => {
  itOnJetStream("answers whoever asks whether anybody is in the group, until it is closed", async () => {
    const connection = await broker.connect();
    const stationName = parseStationName(broker.station());
    const consumerGroup = parseConsumerGroupName("billing.v2");
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", consumerGroup });
    const ask = (): Promise<Uint8Array> =>
      connection.request(groupMembersSubject(stationName, consumerGroup), "", { timeoutMs: WAIT });
    expect(await ask()).toHaveLength(0);
    const elsewhere = vi.fn();
    connection.natsConnection.subscribe("elsewhere", { callback: elsewhere });
    connection.natsConnection.publish(groupMembersSubject(stationName, consumerGroup), "", { reply: "elsewhere" });
    await ask();
    await connection.natsConnection.flush();
    expect(elsewhere).not.toHaveBeenCalled();
    await consumer.close();
    await expect(ask()).rejects.toMatchObject({ serverCode: 503 });
  });
});

describe("a group that begins", () => {
  async function expectStart(_what: string, start: StartPosition, expected: string[]): Promise<void> {
    const connection = await broker.connect();
    const stationName = broker.station();
    await createStationAdmin(connection).create({ name: stationName });
    await publish(connection, { station: stationName }, numbered(5));
    const options = { stationName, consumerGroup: "g" };
    const first = await createConsumer(connection, { ...options, consumerName: "1", start });
    await createConsumer(connection, { ...options, consumerName: "2", start: "all" });
    await publish(connection, { station: stationName }, ["late"]);
    const messages = await first.fetch({
      batchSize: expected.length,
      maxWaitMs: WAIT,
    });
    expect(messages.map((message) => message.text())).toEqual(expected);
    for (const message of messages) await message.ack();
    expect(await first.fetch({ maxWaitMs: 100 })).toEqual([]);
  }

  it.each<[string, StartPosition, string[]]>([
    ["all", "all", ["0", "1", "2", "3", "4", "late"]],
    ["new", "new", ["late"]],
    ["a sequence", { fromSequence: 3 }, ["2", "3", "4", "late"]],
    ["the last messages", { lastMessages: 2 }, ["3", "4", "late"]],
    ["more last messages than there are", { lastMessages: 20 }, ["0", "1", "2", "3", "4", "late"]],
  ])("with %s gets just that, and another member later gets on from there", expectStart);

  itOnJetStream("with a time to come gets just that, and another member later gets on from there", () =>
    expectStart("a time to come", { fromTime: new Date(Date.now() + 3_600_000) }, ["late"]),
  );

  itOnJetStream("from a time gets what was stored then and later", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    await createStationAdmin(connection).create({ name: stationName });
    await publish(connection, { station: stationName }, ["a"]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await publish(connection, { station: stationName }, ["b"]);
    const all = await (await createConsumer(connection, { stationName, consumerName: "all" })).fetch({ batchSize: 2 });
    const consumer = await createConsumer(connection, {
      stationName,
      consumerName: "c",
      start: { fromTime: all[1]!.storedAt },
    });
    const messages = await consumer.fetch({ batchSize: 2, maxWaitMs: 500 });
    expect(messages.map((message) => message.text())).toEqual(["b"]);
    for (const message of [...all, ...messages]) await message.ack();
  });

  it("is one group when many members make it at once, with different starts", async () => {
    const stationName = broker.station();
    const members = await Promise.all(
      Array.from({ length: 8 }, async (_, i) =>
        createConsumer(await broker.connect(), {
          stationName,
          consumerName: `m${i}`,
          consumerGroup: "g",
          station: { partitions: 4 },
          start: i % 2 === 0 ? "all" : "new",
        }),
      ),
    );
    expect(members.map((member) => member.partitions)).toEqual(members.map(() => [1, 2, 3, 4]));
    const names = await (await broker.connect()).jetStream.request(`CONSUMER.NAMES.${stationName}$4`);
    expect(names).toMatchObject({ consumers: ["g"] });
  });

  it("tells which settings of an existing group differ from what was asked for by name, and takes the others as they are", async () => {
    const connection = await broker.connect();
    const options = { stationName: broker.station(), consumerGroup: "g" };
    await createConsumer(connection, { ...options, consumerName: "1", ackTimeoutMs: 5_000, maxDeliveries: 3 });
    await createConsumer(connection, { ...options, consumerName: "2", maxDeliveries: 3 });
    const refused = createConsumer(connection, {
      ...options,
      consumerName: "3",
      ackTimeoutMs: 6_000,
      maxDeliveries: 4,
    });
    await expect(refused).rejects.toBeInstanceOf(ConsumerGroupConflictError);
    await expect(refused).rejects.toMatchObject({
      group: "g",
      partition: 1,
      differences: [
        { setting: "ackTimeoutMs", existing: 5_000, requested: 6_000 },
        { setting: "maxDeliveries", existing: 3, requested: 4 },
      ],
    });
  });
});

describe("a group's place that another tool has made", () => {
  itOnJetStream.each<[string, object]>([
    ["acknowledges by itself", { ack_policy: "none" }],
    ["listens elsewhere", { filter_subject: "other.final" }],
    ["is pushed", { deliver_subject: "push" }],
    ["takes small requests only", { max_batch: 3 }],
  ])("is refused when it %s", async (_, config) => {
    const connection = await broker.connect();
    const stationName = broker.station();
    await createStationAdmin(connection).create({ name: stationName, partitions: 2 });
    const stream = `${stationName}$2`;
    await connection.jetStream.request(`CONSUMER.DURABLE.CREATE.${stream}.g`, {
      stream_name: stream,
      config: { durable_name: "g", ack_policy: "explicit", ...config },
    });
    const refused = createConsumer(connection, { stationName, consumerName: "c", consumerGroup: "g" });
    await expect(refused).rejects.toMatchObject({
      ...{ code: "SK_CONSUMER_GROUP_CONFLICT", partition: 2 },
      differences: [{ setting: Object.keys(config)[0] }],
    });
    const names = await connection.jetStream.request<object>(`CONSUMER.NAMES.${stationName}$1`);
    expect(names).toMatchObject({ consumers: [] });
  });
});

describe("one partition", () => {
  it("that a missing station would not have is refused, and the station is not made", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    for (const station of [{}, { partitions: 2 }]) {
      const options = { stationName, consumerName: "c", partitionNumber: 3, station };
      await expect(createConsumer(connection, options)).rejects.toMatchObject({
        ...{ code: "SK_USAGE", message: expect.stringContaining("would have to be made") as string },
      });
    }
    await expect(createStationAdmin(connection).describe(stationName)).rejects.toMatchObject({
      code: "SK_STATION_NOT_FOUND",
    });
    const made = await createConsumer(connection, {
      ...{ stationName, consumerName: "c", partitionNumber: 3, station: { partitions: 3 } },
    });
    expect(made.partitions).toEqual([3]);
  });

  it("is read by its number, or by a key on it", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    await createStationAdmin(connection).create({ name: stationName, partitions: 3 });
    for (const partition of [1, 2, 3]) await publish(connection, { station: stationName, partition }, [`${partition}`]);
    // The reference's vectors: murmur3 of "a" with seed 31 is 3,387,765,255, of "key-1" 3,864,697,147.
    for (const [option, partition] of [
      [{ partitionNumber: 2 }, 2],
      [{ partitionKey: "a" }, (3_387_765_255 % 3) + 1],
      [{ partitionKey: "key-1" }, (3_864_697_147 % 3) + 1],
    ] as const) {
      const consumer = await createConsumer(connection, {
        stationName,
        consumerName: "c",
        consumerGroup: `g${Object.values(option)[0]}`,
        ...option,
      });
      expect(consumer.partitions).toEqual([partition]);
      const messages = await consumer.fetch({ maxWaitMs: 200 });
      expect(messages.map((message) => message.text())).toEqual([`${partition}`]);
      for (const message of messages) await message.ack();
    }
    await expect(
      createConsumer(connection, { stationName, consumerName: "c", partitionNumber: 4 }),
    ).rejects.toMatchObject({ code: "SK_USAGE" });
  });
});

describe("reading", () => {
  it("gives payload, text, JSON, headers, and what the deserializer makes of it", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, {
      stationName,
      consumerName: "c",
      deserializer: (data) => JSON.parse(Buffer.from(data).toString()) as { name: string },
    });
    const headerLines = "a: 1\r\nb: größe\r\nb: 2\r\n$memphis_producedBy: p\r\n";
    await connection.request(`${stationName}$1.final`, '{"name":"grün"}', { headerLines });
    const [message] = await consumer.fetch({ batchSize: 1 });
    expect(message!.value.name).toBe("grün");
    expect(message!.json()).toEqual({ name: "grün" });
    expect(message!.text()).toBe('{"name":"grün"}');
    expect(Buffer.from(message!.data).toString()).toBe('{"name":"grün"}');
    expect(message!.headers).toEqual({ a: "1", b: ["größe", "2"], $memphis_producedBy: "p" });
    expect(JSON.parse(JSON.stringify(message))).toEqual({
      station: stationName,
      partition: 1,
      sequence: 1,
      deliveries: 1,
    });
    await message!.ack();
  });

  itOnJetStream(
    "tells of a message that cannot be read, with its place, makes it a dead letter, and goes on",
    async () => {
      const connection = await broker.connect();
      const stationName = broker.station();
      const consumer = await createConsumer(connection, {
        stationName,
        consumerName: "c",
        deserializer: (data) => JSON.parse(Buffer.from(data).toString()) as number,
      });
      const told: UndecodableMessageError[] = [];
      consumer.on("message-undecodable", (error) => told.push(error));
      const buried = vi.fn();
      consumer.on("message-dead-lettered", buried);
      await publish(connection, { station: stationName }, ["1", "no JSON", "3"]);
      const values: number[] = [];
      for await (const message of consumer) {
        values.push(message.value);
        await message.ack();
        if (values.length === 2) break;
      }
      expect(values).toEqual([1, 3]);
      expect(told).toMatchObject([
        { station: stationName, partition: 1, sequence: 2, cause: expect.any(SyntaxError) as unknown },
      ]);
      await vi.waitFor(() => {
        expect(buried).toHaveBeenCalledWith(
          expect.objectContaining({ cause: "undecodable", sequence: 2, dlsStation: `${stationName}.dls` }),
        );
      }, WAIT);
      await vi.waitFor(async () => {
        expect(await consumer.lag()).toMatchObject([{ inFlight: 0, answeredSequence: 3 }]);
      }, WAIT);
    },
  );

  itOnJetStream("counts a message as unreadable whose deserializer gives a promise", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, {
      stationName,
      consumerName: "c",
      deserializer: () => Promise.reject(new Error("nobody's")),
    });
    const told = new Promise<UndecodableMessageError>((resolve) => {
      consumer.on("message-undecodable", resolve);
    });
    await publish(connection, { station: stationName }, ["1"]);
    expect(await consumer.fetch({ maxWaitMs: 500 })).toEqual([]);
    expect((await told).message).toContain("the deserializer must be synchronous");
  });

  itOnJetStream("goes on at once after messages that cannot be read, also when they come one at a time", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, {
      ...{ stationName, consumerName: "c", maxDeliveries: 1, maxPrefetchBytes: 10 },
      deserializer: (data) => JSON.parse(Buffer.from(data).toString()) as number,
    });
    await publish(connection, { station: stationName }, ["no JSON", "no JSON", "no JSON", "4"]);
    const startedAt = performance.now();
    for await (const message of consumer) {
      expect(message.value).toBe(4);
      await message.ack();
      break;
    }
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it("without a deserializer leaves it to json() to tell", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c" });
    await publish(connection, { station: stationName }, ["{"]);
    const [message] = await consumer.fetch({ batchSize: 1 });
    expect(() => message!.json()).toThrow(UndecodableMessageError);
    expect(message!.isAnswered).toBe(false);
    await message!.ack();
  });
});

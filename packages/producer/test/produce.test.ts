import {
  InvalidNameError,
  PayloadTooLargeError,
  StationFullError,
  StationkitError,
  UsageError,
} from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";
import { readStation } from "@stationkit/test-kit";
import { itOnJetStream, useBroker } from "@stationkit/test-kit/vitest";
import { describe, expect, it } from "vitest";
import { createProducer } from "../src/index.js";

const broker = useBroker({ config: { max_payload: 65_536 } });

describe("produce", () => {
  it("creates a missing station and stores a Buffer, a Uint8Array, a string and an object as their bytes", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "checkout" });
    const messages = [Buffer.from("hi"), new Uint8Array([0, 255]), "grüße", { id: 1 }];
    for (const [index, message] of messages.entries()) {
      expect(await producer.produce({ message, asyncProduce: false })).toEqual({
        station: stationName,
        partition: 1,
        sequence: index + 1,
        duplicate: false,
        msgId: expect.any(String) as string,
      });
    }
    const stored = await readStation(connection, stationName);
    expect(stored.map(({ bytes }) => Buffer.from(bytes))).toEqual([
      Buffer.from("hi"),
      Buffer.from([0, 255]),
      Buffer.from("grüße"),
      Buffer.from('{"id":1}'),
    ]);
    expect(stored[0]?.headers.get("$memphis_producedBy")).toBe("checkout");
  });

  it("resolves with a delivery when admitted, whose acknowledgement comes later", async () => {
    const connection = await broker.connect();
    const producer = await createProducer(connection, { stationName: broker.station(), producerName: "p" });
    const delivery = await producer.produce({ message: "x" });
    expect(producer.pending).toMatchObject({ messages: 1, waiting: 0 });
    expect(await delivery.acknowledged).toMatchObject({ sequence: 1, msgId: delivery.msgId });
    expect(producer.pending).toEqual({ messages: 0, bytes: 0, waiting: 0 });
  });

  it("puts messages of one key on one partition, numbers where they say, and the rest in turn", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p", station: { partitions: 4 } });
    const partitionOf = async (request: object): Promise<number> =>
      (await producer.produce({ message: "x", asyncProduce: false, ...request })).partition;
    // The number comes from the reference's table for four partitions.
    expect(await partitionOf({ partitionKey: "user-1" })).toBe(3);
    expect(await partitionOf({ partitionKey: "order-42" })).toBe(1);
    expect(await partitionOf({ partitionNumber: 2 })).toBe(2);
    const turns = [];
    for (let i = 0; i < 8; i++) turns.push(await partitionOf({}));
    expect(turns).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
  });

  it("refuses bad input before anything is sent", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p", station: { partitions: 2 } });
    const bad: unknown[] = [
      {},
      { message: undefined },
      { message: "x", partitionKey: "k", partitionNumber: 1 },
      { message: "x", partitionNumber: 3 },
      { message: "x", partitionNumber: 0 },
      { message: "x", partitionKey: 7 },
      "x",
      Buffer.from("x"),
      { message: "x", headers: { "a:b": "c" } },
      { message: "x", headers: { $memphis_x: "c" } },
      { message: "x", headers: { a: "line\nbreak" } },
      { message: "x", msgId: "" },
      { message: "x", msgID: "misspelt" },
      { message: 1n },
      { message: "x", asyncProduce: "no" },
    ];
    for (const request of bad)
      await expect(
        producer.produce(request as never),
        JSON.stringify(request, (_, v: unknown) => (typeof v === "bigint" ? "bigint" : v)),
      ).rejects.toThrow(UsageError);
    await producer.flush();
    expect(await readStation(connection, stationName)).toEqual([]);
  });

  it("reports a message that is stored already, within the duplicate window", async () => {
    const connection = await broker.connect();
    const producer = await createProducer(connection, { stationName: broker.station(), producerName: "p" });
    const first = await producer.produce({ message: "x", msgId: "order-1", asyncProduce: false });
    const second = await producer.produce({ message: "x", msgId: "order-1", asyncProduce: false });
    expect([first.duplicate, second.duplicate]).toEqual([false, true]);
    expect(second.sequence).toBe(first.sequence);
  });

  it("sends no id with idempotent: false", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p", idempotent: false });
    expect(await producer.produce({ message: "x", asyncProduce: false })).toMatchObject({ msgId: undefined });
    expect((await readStation(connection, stationName))[0]?.headers.has("Nats-Msg-Id")).toBe(false);
  });

  it("carries headers in order, also several values and other alphabets", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p" });
    await producer.produce({ message: "x", headers: { trace: "ключ", Trace: ["1", "2"] }, asyncProduce: false });
    const [message] = await readStation(connection, stationName);
    expect(message?.headers.get("trace")).toBe("ключ");
    expect(message?.headers.get("Trace")).toBe("1");
  });

  itOnJetStream("refuses a message above the server's or the station's limit without sending it", async () => {
    const connection = await broker.connect();
    const small = await createProducer(connection, {
      stationName: broker.station(),
      producerName: "p",
      station: { maxMessageBytes: 1_000 },
    });
    const large = await createProducer(connection, { stationName: broker.station(), producerName: "p" });
    for (const [producer, limitBytes] of [
      [small, 1_000],
      [large, 65_536],
    ] as const) {
      await expect(producer.produce({ message: Buffer.alloc(limitBytes) })).rejects.toMatchObject({
        code: "SK_PAYLOAD_TOO_LARGE",
        outcome: "not-sent",
        limitBytes,
      });
      await expect(producer.produce({ message: Buffer.alloc(limitBytes) })).rejects.toThrow(PayloadTooLargeError);
      expect(await producer.produce({ message: Buffer.alloc(limitBytes - 200), asyncProduce: false })).toMatchObject({
        sequence: 1,
      });
    }
  });

  itOnJetStream("rejects at once when the station is full, and says so", async () => {
    const connection = await broker.connect();
    const producer = await createProducer(connection, {
      stationName: broker.station(),
      producerName: "p",
      station: { retention: { type: "messages", maxMessages: 2 }, discard: "new" },
    });
    await producer.produce({ message: "1", asyncProduce: false });
    await producer.produce({ message: "2", asyncProduce: false });
    await expect(producer.produce({ message: "3", asyncProduce: false })).rejects.toThrow(StationFullError);
    await expect(producer.flush()).rejects.toMatchObject({ code: "SK_DELIVERY", failedCount: 1, outcome: "rejected" });
    await producer.flush();
  });

  it("uses the caller's serializer and partitioner", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer<{ id: number }>(connection, {
      stationName,
      producerName: "p",
      station: { partitions: 3 },
      serializer: ({ id }) => Uint8Array.of(id),
      partitioner: ({ partitions }) => partitions.at(-1) ?? 1,
    });
    await producer.produce({ message: { id: 7 }, asyncProduce: false });
    expect(await readStation(connection, stationName)).toMatchObject([{ partition: 3, bytes: Buffer.of(7) }]);
  });

  it("refuses what cannot be a producer", async () => {
    const connection = await broker.connect();
    const options = { stationName: broker.station(), producerName: "p" };
    await expect(createProducer(connection, { ...options, producerName: "-" })).rejects.toThrow(InvalidNameError);
    await expect(createProducer(Promise.resolve(connection) as never, options)).rejects.toThrow(
      "await connect(…) first",
    );
    await expect(createProducer(connection, { ...options, station: { name: "other" } as object })).rejects.toThrow(
      UsageError,
    );
    await expect(createProducer(connection, { ...options, deliveryTimeoutMs: Number.NaN })).rejects.toThrow(UsageError);
    await expect(createProducer(connection, { ...options, station: { partitions: 0 } })).rejects.toThrow(
      StationkitError,
    );
    await expect(createStationAdmin(connection).describe(options.stationName)).rejects.toMatchObject({
      code: "SK_STATION_NOT_FOUND",
    });
  });
});

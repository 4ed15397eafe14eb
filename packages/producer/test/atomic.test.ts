import {
  AbortedError,
  type Connection,
  PayloadTooLargeError,
  partitionStream,
  parseStationName,
  ResourceLimitError,
  UsageError,
} from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createStationAdmin } from "@stationkit/station-admin";
import { readStation } from "@stationkit/test-kit";
import { useBroker } from "@stationkit/test-kit/vitest";
import { describe, expect, it, type TestContext, vi } from "vitest";
import {
  type AtomicAck,
  AtomicDuplicateError,
  type AtomicRequest,
  AtomicUnsupportedError,
  createProducer,
  type Producer,
  ProducerClosedError,
  type ProducerOptions,
} from "../src/index.js";
import { requireAtomic } from "./support/atomic-server.js";

const broker = useBroker({ config: { max_payload: 100_000 } });

const batchOf = (name: string, count: number): { message: string }[] =>
  Array.from({ length: count }, (_, i) => ({ message: `${name}-${i}` }));
const texts = async (connection: Connection, station: string): Promise<string[]> =>
  (await readStation(connection, station)).map(({ text }) => text);

/** Changes the streams of a station past the producer, as an operator may. */
async function reconfigure(connection: Connection, station: string, change: object): Promise<void> {
  const stream = partitionStream(parseStationName(station), 1);
  const { config } = await connection.jetStream.request<{ config: object }>(`STREAM.INFO.${stream}`);
  await connection.jetStream.request(`STREAM.UPDATE.${stream}`, { ...config, ...change });
}

interface SetUp {
  readonly connection: Connection;
  readonly stationName: string;
  readonly producer: Producer;
}

async function setUp(
  context: TestContext,
  options: Omit<ProducerOptions, "stationName" | "producerName" | "delivery"> = {},
): Promise<SetUp> {
  const connection = await broker.connect();
  requireAtomic(context, connection);
  const stationName = broker.station();
  const producer = await createProducer(connection, { ...options, stationName, producerName: "p" });
  return { connection, stationName, producer };
}

describe("an atomic batch", () => {
  it("is refused by a producer by fast ingest, before anything is sent", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p", delivery: "fast-ingest" });
    await expect(producer.produceAtomic(batchOf("a", 2))).rejects.toMatchObject({ code: "SK_USAGE" });
    expect(await texts(connection, stationName)).toEqual([]);
    await producer.close();
  });

  it("is stored whole, in one row, behind what was produced before and ahead of what is produced after", async (context) => {
    const { connection, stationName, producer } = await setUp(context);
    const before = producer.produce({ message: "before", asyncProduce: false });
    const batch = producer.produceAtomic([
      { message: "a", headers: { kind: "first" } },
      { message: { b: 1 }, msgId: "mine" },
      { message: Buffer.from("c") },
    ]);
    const after = producer.produce({ message: "after", asyncProduce: false });
    await Promise.all([before, batch, after]);
    const { msgIds, ...ack } = await batch;
    expect(ack).toEqual({
      ...{ station: stationName, partition: 1, firstSequence: 2, lastSequence: 4, count: 3, duplicate: false },
    });
    expect(msgIds).toEqual([expect.any(String), "mine", expect.any(String)]);
    expect(await after).toMatchObject({ sequence: 5 });
    const stored = await readStation(connection, stationName);
    expect(stored.map(({ text }) => text)).toEqual(["before", "a", '{"b":1}', "c", "after"]);
    expect(stored[1]?.headers.get("kind")).toBe("first");
    expect(stored[1]?.headers.get("$memphis_producedBy")).toBe("p");
    expect(stored.map(({ headers }) => headers.get("Nats-Msg-Id")).slice(1, 4)).toEqual(msgIds);
  });

  it("of 1,000 messages is stored, and so are many batches at the same time, each in one row", async (context) => {
    const { connection, stationName, producer } = await setUp(context, { station: { partitions: 2 } });
    const acks = await Promise.all([
      producer.produceAtomic(batchOf("large", 1_000), { partitionNumber: 2 }),
      ...Array.from({ length: 100 }, (_, i) => producer.produceAtomic(batchOf(`b${i}`, 7), { partitionNumber: 2 })),
    ]);
    const all = await texts(connection, stationName);
    expect(all).toHaveLength(1_700);
    expect(all.slice(0, 1_000)).toEqual(batchOf("large", 1_000).map(({ message }) => message));
    for (const [i, { firstSequence, count }] of acks.slice(1).entries()) {
      expect(all.slice(firstSequence - 1, firstSequence - 1 + count)).toEqual(
        batchOf(`b${i}`, 7).map(({ message }) => message),
      );
    }
  });

  it("goes to the partition of a key, of the options or of its messages, or to one that the partitioner chooses", async (context) => {
    const { producer } = await setUp(context, { station: { partitions: 4 } });
    const partitionKey = "customer-17";
    const { partition } = await producer.produce({ message: "x", partitionKey, asyncProduce: false });
    const keyed = { message: "x", partitionKey };
    expect(await producer.produceAtomic(batchOf("a", 2), { partitionKey })).toMatchObject({ partition });
    expect(await producer.produceAtomic([{ message: "x" }, keyed, keyed])).toMatchObject({ partition });
    const chosen = await Promise.all(Array.from({ length: 8 }, () => producer.produceAtomic(batchOf("a", 2))));
    expect(new Set(chosen.map((ack) => ack.partition)).size).toBe(4);
    const other = (partition % 4) + 1;
    for (const refused of [
      producer.produceAtomic([keyed, { message: "y", partitionNumber: other }]),
      producer.produceAtomic([keyed], { partitionNumber: other }),
    ]) {
      await expect(refused).rejects.toThrow(UsageError);
    }
  });

  it("counts in the window as one message of its size, and flush waits for it", async (context) => {
    const { connection, stationName, producer } = await setUp(context);
    const batch = producer.produceAtomic(batchOf("a", 10));
    expect(producer.pending.messages).toBe(1);
    expect(producer.pending.bytes).toBeGreaterThan(10 * 20);
    await producer.flush();
    expect(producer.pending).toEqual({ messages: 0, bytes: 0, waiting: 0 });
    expect(await texts(connection, stationName)).toHaveLength(10);
    await batch;
  });

  it("is refused before anything is sent when it cannot be stored", async (context) => {
    const { connection, stationName, producer } = await setUp(context, { maxInFlightBytes: 400_000 });
    const large = { message: "x".repeat(90_000) };
    const aborted = AbortSignal.abort();
    const cases: [readonly AtomicRequest[], object | undefined, new (...args: never[]) => Error][] = [
      [[], undefined, UsageError],
      [batchOf("a", 1_001), undefined, UsageError],
      [
        [
          { message: "a", msgId: "1" },
          { message: "b", msgId: "1" },
        ],
        undefined,
        UsageError,
      ],
      [[{ message: "a" }, { message: undefined }], undefined, UsageError],
      [[{ message: "a", signal: aborted } as AtomicRequest], undefined, UsageError],
      ["ab" as unknown as AtomicRequest[], undefined, UsageError],
      [batchOf("a", 2), { partitionNumber: 9 }, UsageError],
      [batchOf("a", 2), { partition: 1 }, UsageError],
      [batchOf("a", 2), { deliveryTimeoutMs: 0 }, UsageError],
      [[{ message: "a", deliveryTimeoutMs: 5 } as AtomicRequest], undefined, UsageError],
      [batchOf("a", 2), { signal: aborted }, AbortedError],
      [[{ message: "a" }, { message: "x".repeat(100_001) }, { message: "b" }], undefined, PayloadTooLargeError],
      [[large, large, large, large, large], undefined, PayloadTooLargeError],
    ];
    for (const [requests, options, expected] of cases) {
      const error = await producer.produceAtomic(requests, options).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(expected);
      expect(error).toMatchObject({ outcome: "not-sent" });
    }
    await producer.close();
    await expect(producer.produceAtomic(batchOf("a", 2))).rejects.toThrow(ProducerClosedError);
    expect(await texts(connection, stationName)).toEqual([]);
  });

  it("given again under the same ids is acknowledged as the duplicate that it is", async (context) => {
    const { connection, stationName, producer } = await setUp(context);
    const requests = batchOf("a", 5).map((request, i) => ({ ...request, msgId: `order-17/${i}` }));
    const first = await producer.produceAtomic(requests);
    await producer.produce({ message: "between", asyncProduce: false });
    expect(await producer.produceAtomic(requests)).toEqual({ ...first, duplicate: true });
    expect(await texts(connection, stationName)).toHaveLength(6);
  });

  it("with the id of another message is refused whole, and says which id", async (context) => {
    const { connection, stationName, producer } = await setUp(context);
    const failures: unknown[] = [];
    producer.on("delivery-failed", (error, { msgId, request }) => failures.push([error, msgId, request.message]));
    await producer.produce({ message: "first", msgId: "taken", asyncProduce: false });
    const requests = [
      { message: "a", msgId: "free" },
      { message: "b", msgId: "taken" },
    ];
    const error = await producer.produceAtomic(requests).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AtomicDuplicateError);
    expect(error).toMatchObject({ outcome: "rejected", duplicates: [{ msgId: "taken", sequence: 1 }] });
    expect(failures).toEqual([
      [error, "free", "a"],
      [error, "taken", "b"],
    ]);
    await expect(producer.flush()).rejects.toMatchObject({ failedCount: 2 });
    // Asking the broker where the ids are has not used them up.
    expect(await producer.produce({ message: "c", msgId: "free", asyncProduce: false })).toMatchObject({
      ...{ sequence: 2, duplicate: false },
    });
    expect(await texts(connection, stationName)).toEqual(["first", "c"]);
  });

  it("is refused by a station whose streams do not allow it, and never sent as single messages", async (context) => {
    const { connection, stationName, producer } = await setUp(context);
    await reconfigure(connection, stationName, { allow_atomic: false });
    const error = await producer.produceAtomic(batchOf("a", 3)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AtomicUnsupportedError);
    expect(error).toMatchObject({ outcome: "rejected", retryable: false });
    expect(await texts(connection, stationName)).toEqual([]);
  });

  it("with a message that turns out too large for the stream in the middle is not stored at all", async (context) => {
    const { connection, stationName, producer } = await setUp(context);
    await reconfigure(connection, stationName, { max_msg_size: 1_000 });
    const requests = [...batchOf("a", 2), { message: "x".repeat(2_000) }, ...batchOf("b", 2)];
    await expect(producer.produceAtomic(requests)).rejects.toThrow(PayloadTooLargeError);
    expect(await texts(connection, stationName)).toEqual([]);
    await producer.produceAtomic(batchOf("a", 2));
    expect(await texts(connection, stationName)).toEqual(["a-0", "a-1"]);
  });

  it("is not stored when the station has no room for all of it", async (context) => {
    const connection = await broker.connect();
    requireAtomic(context, connection);
    const stationName = broker.station();
    const station = { retention: { type: "messages", maxMessages: 5 }, discard: "new" } as const;
    await createStationAdmin(connection).create({ name: stationName, ...station });
    const producer = await createProducer(connection, { stationName, producerName: "p" });
    await expect(producer.produceAtomic(batchOf("a", 6))).rejects.toMatchObject({ code: "SK_STATION_FULL" });
    expect(await texts(connection, stationName)).toEqual([]);
    await producer.produceAtomic(batchOf("b", 5));
    expect(await texts(connection, stationName)).toHaveLength(5);
  });
});

describe("a server with low limits for batches", () => {
  const batch = { max_inflight_per_stream: 1, max_msgs: 5, timeout: "1s" };

  it("refuses a batch of too many messages, and lets one wait while others are open", async (context) => {
    requireAtomic(context, await broker.connect());
    await using server = await startNats({ config: { jetstream: { limits: { batch } } } });
    const connection = await broker.connect({ servers: server.url });
    const producer = await createProducer(connection, { stationName: "s", producerName: "p" });
    const refused = producer.produceAtomic(batchOf("a", 6));
    await expect(refused).rejects.toThrow(ResourceLimitError);
    await expect(refused).rejects.toMatchObject({ outcome: "rejected", serverErrorCode: 10_199 });

    // A batch that nobody commits takes the only place until the server gives it up.
    const block = Buffer.from("NATS/1.0\r\nNats-Batch-Id: open\r\nNats-Batch-Sequence: 1\r\n\r\n");
    const headers = { encode: () => block } as never;
    await connection.natsConnection.request("s$1.final", "never", { headers, timeout: 10_000 });
    const ack: AtomicAck = await producer.produceAtomic(batchOf("b", 5));
    expect(ack).toMatchObject({ firstSequence: 1, lastSequence: 5, duplicate: false });
    expect(await texts(connection, "s")).toEqual(batchOf("b", 5).map(({ message }) => message));
    await connection.close();
  });
});

describe("on a server that does not know atomic batches", () => {
  it("is refused before anything is sent", async (context) => {
    const connection = await broker.connect();
    if (connection.server.jetStreamApiLevel >= 2) context.skip("this server knows them");
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p" });
    const error = await producer.produceAtomic(batchOf("a", 3)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AtomicUnsupportedError);
    expect(error).toMatchObject({ outcome: "not-sent", retryable: false });
    expect((error as Error).message).toContain("2.12.1");
    expect(await texts(connection, stationName)).toEqual([]);
  });
});

describe("while disconnected, an atomic batch", () => {
  it("waits for the server, keeps its place, and may be given up unsent", async (context) => {
    await using server = await startNats();
    const connection = await broker.connect({ servers: server.url, reconnectDelayMs: 20 });
    requireAtomic(context, connection);
    const producer = await createProducer(connection, { stationName: "s", producerName: "p" });
    await server.kill();
    await vi.waitFor(() => {
      expect(connection.state).toBe("reconnecting");
    }, 20_000);
    const gone = new AbortController();
    const before = producer.produce({ message: "before", asyncProduce: false });
    const given = producer.produceAtomic(batchOf("given-up", 3), { signal: gone.signal });
    const batch = producer.produceAtomic(batchOf("kept", 3));
    const after = producer.produce({ message: "after", asyncProduce: false });
    const impatient = producer.produceAtomic(batchOf("late", 3), { deliveryTimeoutMs: 100 });
    await expect(impatient).rejects.toMatchObject({ code: "SK_DELIVERY_EXPIRED", deliveryTimeoutMs: 100 });
    gone.abort();
    await expect(given).rejects.toMatchObject({ code: "SK_ABORTED", outcome: "not-sent" });
    await server.restart();
    await Promise.all([before, batch, after]);
    expect(await texts(connection, "s")).toEqual(["before", "kept-0", "kept-1", "kept-2", "after"]);
    await producer.close().catch(() => undefined);
    await connection.close();
  });
});

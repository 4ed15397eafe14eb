import { StationNotFoundError } from "@stationkit/core-protocol";
import { createMemphisInstance, type Memphis, type ProduceOptions } from "@stationkit/memphis-compat";
import { MultiStationError } from "@stationkit/producer";
import { createStationAdmin } from "@stationkit/station-admin";
import { startTcpProxy } from "@stationkit/test-kit";
import { rejection } from "@stationkit/test-kit/vitest";
import { describe, expect, it, vi } from "vitest";
import { useCompatBroker } from "./support/compat.js";

const broker = useCompatBroker();

/** Texts of all messages, by partition in the order of their sequence. */
async function stored(memphis: Memphis, stationName: string): Promise<Record<number, string[]>> {
  const { partitions } = await createStationAdmin(broker.connection).describe(stationName);
  const texts: Record<number, string[]> = {};
  for (const { number, messages } of partitions) {
    const options = { stationName, consumerName: `looker-${number}`, consumerPartitionNumber: number };
    const read = messages === 0 ? [] : await memphis.fetchMessages({ ...options, batchSize: messages });
    texts[number] = read.map((message) => message.getData().toString());
  }
  return texts;
}

describe("produce", () => {
  it.each<[string, unknown, string]>([
    ["text", "tëxt", "tëxt"],
    ["a Buffer", Buffer.from("bytes"), "bytes"],
    ["any Uint8Array, which memphis-dev refuses", new TextEncoder().encode("bytes"), "bytes"],
    ["an object", { a: [1] }, '{"a":[1]}'],
    ["a list, which memphis-dev refuses", [1, 2], "[1,2]"],
    ["a number, which memphis-dev refuses", 5, "5"],
    ["a boolean, which memphis-dev refuses", false, "false"],
    ["null, which memphis-dev refuses", null, "null"],
  ])("stores %s", async (_what, message, text) => {
    const memphis = await broker.memphis();
    const stationName = broker.station();
    await memphis.produce({ stationName, producerName: "p", message, asyncProduce: false });
    expect(await stored(memphis, stationName)).toEqual({ 1: [text] });
  });

  it("puts a key where the other SDKs put it, a number where it says, and the rest in turn from partition 1", async () => {
    const memphis = await broker.memphis();
    const stationName = broker.station();
    await memphis.station({ name: stationName, partitionsNumber: 3 });
    const producer = await memphis.producer({ stationName, producerName: "p" });
    const send = (message: string, partition: Partial<ProduceOptions> = {}): Promise<void> =>
      producer.produce({ message, asyncProduce: false, ...partition });
    for (const message of ["1", "2", "3", "4"]) await send(message);
    await send("number", { producerPartitionNumber: 2 });
    // memphis-dev sends "a" to a partition that does not exist, and "user-1" to 2.
    for (const key of ["a", "user-1"]) await send(key, { producerPartitionKey: key });
    expect(await stored(memphis, stationName)).toEqual({ 1: ["1", "4", "a"], 2: ["2", "number"], 3: ["3", "user-1"] });
    expect(await rejection(send("both", { producerPartitionKey: "k", producerPartitionNumber: 1 }))).toMatchObject({
      code: "SK_USAGE",
    });
    expect(await rejection(send("none", { producerPartitionNumber: 4 }))).toMatchObject({ code: "SK_USAGE" });
  });

  it("looks at neither key nor number where there is one partition", async () => {
    const memphis = await broker.memphis();
    const stationName = broker.station();
    const partition = { producerPartitionKey: "k", producerPartitionNumber: 7 };
    await memphis.produce({ stationName, producerName: "p", message: "m", asyncProduce: false, ...partition });
    expect(await stored(memphis, stationName)).toEqual({ 1: ["m"] });
  });

  it("keeps the order of calls that nobody awaits, and takes each message as it is at its call, whatever its ackWaitSec", async () => {
    const memphis = await broker.memphis();
    const stationName = broker.station();
    const bytes = Buffer.alloc(3);
    const calls = Array.from({ length: 300 }, (_, i) => {
      bytes.write(String(i).padStart(3, "0"));
      return memphis.produce({ stationName, producerName: "p", message: bytes, ackWaitSec: 10 + (i % 20) });
    });
    await Promise.all(calls);
    await memphis.close();
    const texts = await stored(await broker.memphis(), stationName);
    expect(texts[1]).toEqual(calls.map((_, i) => String(i).padStart(3, "0")));
  });

  it("stores a message of one id once, also when its headers are used again for another", async () => {
    const memphis = await broker.memphis();
    const stationName = broker.station();
    const producer = await memphis.producer({ stationName, producerName: "p" });
    const headers = memphis.headers();
    headers.add("a", "1");
    const send = (message: string, msgId?: string): Promise<void> =>
      producer.produce({ message, headers, msgId, asyncProduce: false });
    await send("one", "id");
    await send("again", "id");
    await send("other");
    expect(await stored(memphis, stationName)).toEqual({ 1: ["one", "other"] });
  });
});

describe("a producer", () => {
  it("is one per station and name, however many ask for it at once, and another after its end", async () => {
    const memphis = await broker.memphis();
    const names = { stationName: broker.station(), producerName: "P" };
    const [first, second] = await Promise.all([
      memphis.producer(names),
      memphis.producer({ ...names, producerName: "p" }),
    ]);
    expect(second).toBe(first);
    await first.destroy();
    await memphis.produce({ ...names, message: "after", asyncProduce: false });
    expect(await memphis.producer(names)).not.toBe(first);
    expect(await rejection(first.produce({ message: "late" }))).toMatchObject({ code: "SK_PRODUCER_CLOSED" });
  });

  it("has a name of its own with genUniqueSuffix", async () => {
    const memphis = await broker.memphis();
    const names = { stationName: broker.station(), producerName: "p", genUniqueSuffix: true };
    expect(await memphis.producer(names)).not.toBe(await memphis.producer(names));
    for (const message of ["1", "2"]) await memphis.produce({ ...names, message, asyncProduce: false });
    const writers = new Set<unknown>();
    for (const sequence of [1, 2]) {
      const { message } = await broker.connection.jetStream.request<{ message: { hdrs: string } }>(
        `STREAM.MSG.GET.${names.stationName}$1`,
        { seq: sequence },
      );
      writers.add(/producedBy: (p_[0-9a-f]{8})/.exec(Buffer.from(message.hdrs, "base64").toString())?.[1]);
    }
    expect([...writers]).toEqual([expect.any(String)]);
  });

  it("of several stations sends to all, and says which failed", async () => {
    const memphis = await broker.memphis();
    const [one, two] = [broker.station(), broker.station()];
    const producer = await memphis.producer({ stationName: [one, two], producerName: "p" });
    await producer.produce({ message: "to both", asyncProduce: false });
    await createStationAdmin(broker.connection).destroy(two);
    const error = await rejection(producer.produce({ message: "to one", asyncProduce: false }));
    expect(error).toBeInstanceOf(MultiStationError);
    expect(error).toMatchObject({ acknowledged: [{ station: one }], failed: [{ station: two }] });
    expect(await stored(memphis, one)).toEqual({ 1: ["to both", "to one"] });
    await producer.destroy();
    expect(
      await rejection((await memphis.producer({ stationName: [one], producerName: "p" })).produce({} as never)),
    ).toMatchObject({ code: "SK_USAGE" });
  });
});

describe("a message that cannot be delivered", () => {
  async function heardProducer() {
    const memphis = await broker.memphis();
    const stationName = broker.station();
    const producer = await memphis.producer({ stationName, producerName: "p" });
    const heard: string[] = [];
    producer.on("error", (error) => heard.push(error.name));
    return { memphis, stationName, producer, heard };
  }

  it("says that its station was destroyed on this connection, and is told to the listener once", async () => {
    const { memphis, stationName, producer, heard } = await heardProducer();
    await (await memphis.station({ name: stationName })).destroy();
    for (const asyncProduce of [true, false]) {
      const error = await rejection(producer.produce({ message: "late", asyncProduce }));
      expect(error).toBeInstanceOf(StationNotFoundError);
      expect(error).toMatchObject({ station: stationName, outcome: "rejected" });
    }
    expect(heard).toEqual(["StationNotFoundError"]);
  });

  it("does not make its station again when somebody else has destroyed it, whatever its ackWaitSec", async () => {
    const { memphis, stationName, producer, heard } = await heardProducer();
    const directly = { stationName, producerName: "p", asyncProduce: false } as const;
    await createStationAdmin(broker.connection).destroy(stationName);
    for (const ackWaitSec of [undefined, 3, 4.5]) {
      for (const produced of [
        producer.produce({ message: "m", ackWaitSec, asyncProduce: false }),
        memphis.produce({ ...directly, message: "m", ackWaitSec }),
      ]) {
        expect(await rejection(produced)).toBeInstanceOf(StationNotFoundError);
      }
    }
    await producer.produce({ message: "without waiting", ackWaitSec: 6 });
    await vi.waitFor(() => {
      expect(heard).toEqual(["StationNotFoundError"]);
    }, 30_000);
    expect(await rejection(createStationAdmin(broker.connection).describe(stationName))).toBeInstanceOf(
      StationNotFoundError,
    );
  });

  it("is told to the producer's listener, and never ends the process", async () => {
    const { stationName, producer, heard } = await heardProducer();
    await createStationAdmin(broker.connection).destroy(stationName);
    await producer.produce({ message: "without waiting" });
    await vi.waitFor(() => {
      expect(heard).toEqual(["StationNotFoundError"]);
    }, 30_000);
    const waited = await rejection(producer.produce({ message: "waiting", asyncProduce: false }));
    expect(waited).toBeInstanceOf(StationNotFoundError);
    expect(heard).toHaveLength(1);
  });

  it("is logged when nobody listens, unless logs are suppressed", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    try {
      const stationName = broker.station();
      for (const suppressLogs of [true, false]) {
        const memphis = await broker.memphis({ suppressLogs });
        const producer = await memphis.producer({ stationName, producerName: "p" });
        await createStationAdmin(broker.connection).destroy(stationName);
        await producer.produce({ message: "m" });
        await memphis.close();
      }
      expect(error.mock.calls).toEqual([
        [expect.stringMatching(/^memphis: a message was not delivered: .*does not exist/)],
      ]);
    } finally {
      error.mockRestore();
    }
  });

  it("is given up after ackWaitSec, also by a caller who never looks", async () => {
    const proxy = await startTcpProxy({ port: Number(new URL(broker.url).port) });
    try {
      const memphis = await broker.memphis({ port: proxy.port, reconnectIntervalMs: 20 });
      const producer = await memphis.producer({ stationName: broker.station(), producerName: "p" });
      const heard: unknown[] = [];
      producer.on("error", (error) => heard.push(error));
      await producer.produce({ message: "first", ackWaitSec: 1, asyncProduce: false });
      proxy.stall("to-client");
      const startedAt = performance.now();
      // More than there is room for: some wait, some are on their way.
      for (let i = 0; i < 600; i++) void producer.produce({ message: "m", ackWaitSec: 1 });
      const waited = await rejection(producer.produce({ message: "m", ackWaitSec: 1, asyncProduce: false }));
      expect(waited).toMatchObject({ retryable: true });
      await vi.waitFor(() => {
        expect(heard).toHaveLength(600);
      }, 10_000);
      expect(performance.now() - startedAt).toBeGreaterThan(900);
      proxy.restore();
    } finally {
      await proxy[Symbol.asyncDispose]();
    }
  });
});

describe("a connection", () => {
  it("is asked for by every call that needs one", async () => {
    const memphis = createMemphisInstance();
    expect(memphis.isConnected()).toBe(false);
    await memphis.close();
    for (const call of [
      memphis.station({ name: "s" }),
      memphis.producer({ stationName: "s", producerName: "p" }),
      memphis.produce({ stationName: "s", producerName: "p", message: "m" }),
      memphis.consumer({ stationName: "s", consumerName: "c" }),
      memphis.fetchMessages({ stationName: "s", consumerName: "c" }),
      memphis.detachSchema({ stationName: "s" }),
    ]) {
      expect((await rejection(call)).message).toBe("there is no connection: await memphis.connect() first");
    }
  });

  it("is the same for the same options, and another for others, which ends the one before", async () => {
    const memphis = await broker.memphis();
    const id = memphis.connectionId;
    const producer = await memphis.producer({ stationName: broker.station(), producerName: "p" });
    expect(await memphis.connect({ ...broker.options })).toBe(memphis);
    expect(memphis.connectionId).toBe(id);
    await producer.produce({ message: "still here", asyncProduce: false });
    await memphis.connect({ ...broker.options, reconnectIntervalMs: 100 });
    expect(memphis.connectionId).not.toBe(id);
    expect(memphis).toMatchObject({ host: "127.0.0.1", username: "root", accountId: 1 });
    expect(await rejection(producer.produce({ message: "late" }))).toMatchObject({ code: "SK_PRODUCER_CLOSED" });
  });

  it("delivers what is on its way before it ends", async () => {
    const memphis = await broker.memphis();
    const stationName = broker.station();
    for (let i = 0; i < 100; i++) void memphis.produce({ stationName, producerName: "p", message: String(i) });
    await memphis.producer({ stationName, producerName: "p" });
    await memphis.close();
    expect(memphis.isConnected()).toBe(false);
    expect((await createStationAdmin(broker.connection).describe(stationName)).totals.messages).toBe(100);
  });

  it("says on the console what happens to it, unless it is told not to", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const proxy = await startTcpProxy({ port: Number(new URL(broker.url).port) });
    try {
      const loud = await broker.memphis({ port: proxy.port, suppressLogs: false, reconnectIntervalMs: 20 });
      const quiet = await broker.memphis({ port: proxy.port, reconnectIntervalMs: 20 });
      proxy.cut();
      await vi.waitFor(() => {
        expect([loud.isConnected(), quiet.isConnected()]).toEqual([true, true]);
        expect(log.mock.calls.flat()).toContain(`memphis: reconnected to 127.0.0.1:${proxy.port}`);
      }, 20_000);
      expect(log.mock.calls.flat().filter((line) => String(line).includes(": reconnected"))).toHaveLength(1);
      await Promise.all([loud.close(), quiet.close()]);
    } finally {
      await proxy[Symbol.asyncDispose]();
      log.mockRestore();
    }
  });
});

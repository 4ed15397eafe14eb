import { createStationAdmin } from "@stationkit/station-admin";
import { describe, expect, it, vi } from "vitest";
import { type Consumer, type ConsumerMessage, createConsumer } from "../src/index.js";
import { useBroker } from "./support/broker.js";
import { numbered, publish } from "./support/publish.js";

const broker = useBroker();
const WAIT = 20_000;

/** Iterates until `count` messages came, acknowledging each. */
async function take(consumer: Consumer, count: number): Promise<ConsumerMessage[]> {
  const messages: ConsumerMessage[] = [];
  for await (const message of consumer) {
    messages.push(message);
    await message.ack();
    if (messages.length === count) break;
  }
  return messages;
}

describe("a consumer", () => {
  it("gives all messages of all partitions to one member, in order per partition, with what the server knows of them", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    await createStationAdmin(connection).create({ name: stationName, partitions: 3 });
    for (const partition of [1, 2, 3])
      await publish(connection, { station: stationName, partition }, numbered(50, `${partition}-`));
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", consumerGroup: "g" });
    expect(consumer.partitions).toEqual([1, 2, 3]);
    const messages = await take(consumer, 150);
    for (const partition of [1, 2, 3]) {
      const mine = messages.filter((message) => message.partition === partition);
      expect(mine.map((message) => message.text())).toEqual(numbered(50, `${partition}-`));
      expect(mine.map((message) => message.sequence)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    }
    expect(messages[0]).toMatchObject({ station: stationName, deliveries: 1, isAnswered: true });
    expect(Math.abs(Date.now() - messages[0]!.storedAt.getTime())).toBeLessThan(60_000);
    await vi.waitFor(async () => {
      for (const lag of await consumer.lag()) {
        expect(lag).toMatchObject({ pending: 0, inFlight: 0, redelivered: 0, answeredSequence: 50 });
      }
    }, WAIT);
  });

  it("keeps what a fetch waits with from being delivered again, and from becoming a dead letter", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, {
      ...{ stationName, consumerName: "c", ackTimeoutMs: 1_000, maxDeliveries: 2 },
    });
    const buried = vi.fn();
    consumer.on("message-dead-lettered", buried);
    await publish(connection, { station: stationName }, ["early"]);
    const messages = await consumer.fetch({ batchSize: 10, maxWaitMs: 3_500 });
    expect(messages.map((message) => message.text())).toEqual(["early"]);
    expect(messages[0]).toMatchObject({ deliveries: 1 });
    await messages[0]!.ack();
    expect(buried).not.toHaveBeenCalled();
  });

  it("takes a listener that leaves within its call, and gives the rest to the next", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c" });
    await publish(connection, { station: stationName }, numbered(5));
    await take(consumer, 1);
    await vi.waitFor(async () => {
      expect(await consumer.lag()).toMatchObject([{ pending: 0, inFlight: 4 }]);
    }, WAIT);
    const texts: string[] = [];
    const once = (message: ConsumerMessage): void => {
      texts.push(message.text());
      void message.ack();
      consumer.off("message", once);
    };
    consumer.on("message", once);
    expect(texts).toEqual(["1"]);
    consumer.on("message", (message) => {
      texts.push(message.text());
      void message.ack();
    });
    await vi.waitFor(() => {
      expect(texts).toEqual(["1", "2", "3", "4"]);
    }, WAIT);
  });

  it("makes a missing station and group, on which messages wait before anybody asks for them", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "Me", station: { partitions: 2 } });
    expect(consumer).toMatchObject({ stationName, consumerName: "me", consumerGroup: "me", partitions: [1, 2] });
    await publish(connection, { station: stationName, partition: 2 }, ["a"]);
    const [message] = await take(consumer, 1);
    expect(message).toMatchObject({ partition: 2, value: message!.data });
  });

  it("gives every group everything, and each message to one member of a group", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    await createStationAdmin(connection).create({ name: stationName, partitions: 2 });
    const seen = new Map<string, string[]>();
    for (const consumerGroup of ["a", "b"]) {
      const texts: string[] = [];
      seen.set(consumerGroup, texts);
      for (const consumerName of ["1", "2"]) {
        const consumer = await createConsumer(await broker.connect(), { stationName, consumerName, consumerGroup });
        consumer.on("message", (message) => {
          texts.push(message.text());
          void message.ack();
        });
      }
    }
    const texts = numbered(400);
    await publish(connection, { station: stationName, partition: 1 }, texts.slice(0, 200));
    await publish(connection, { station: stationName, partition: 2 }, texts.slice(200));
    for (const consumerGroup of ["a", "b"]) {
      await vi.waitFor(() => {
        expect(seen.get(consumerGroup)?.toSorted()).toEqual(texts.toSorted());
      }, WAIT);
    }
  });

  it("shares the messages among iterations of one consumer, and ends them all when it is closed", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c" });
    const texts: string[] = [];
    const loops = [1, 2, 3].map(async () => {
      for await (const message of consumer) {
        texts.push(message.text());
        await message.ack();
      }
    });
    await publish(connection, { station: stationName }, numbered(30));
    await vi.waitFor(() => {
      expect(texts).toHaveLength(30);
    }, WAIT);
    await consumer.close();
    await Promise.all(loops);
    const after: unknown[] = [];
    for await (const message of consumer) after.push(message);
    expect(after).toEqual([]);
    await expect(consumer.fetch()).rejects.toMatchObject({ code: "SK_CONSUMER_CLOSED" });
  });

  it("keeps the messages of a partition in order for a listener that returns promises, and the partitions apart", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", station: { partitions: 2 } });
    const running = new Set<number>();
    let together = 0;
    const texts: string[] = [];
    consumer.on("message", async (message) => {
      expect(running.has(message.partition)).toBe(false);
      running.add(message.partition);
      together = Math.max(together, running.size);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running.delete(message.partition);
      texts.push(`${message.partition}-${message.text()}`);
      await message.ack();
    });
    for (const partition of [1, 2]) await publish(connection, { station: stationName, partition }, numbered(40));
    await vi.waitFor(() => {
      expect(texts).toHaveLength(80);
    }, WAIT);
    for (const partition of [1, 2]) {
      expect(texts.filter((text) => text.startsWith(`${partition}-`))).toEqual(numbered(40, `${partition}-`));
    }
    expect(together).toBe(2);
  });

  it("fetches what there is of all partitions, up to the batch, and waits for the rest no longer than it may", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", station: { partitions: 4 } });
    await publish(connection, { station: stationName, partition: 2 }, numbered(25));
    await publish(connection, { station: stationName, partition: 4 }, numbered(5));
    const first = await consumer.fetch({ batchSize: 20, maxWaitMs: 10_000 });
    expect(first).toHaveLength(20);
    const startedAt = performance.now();
    const second = await consumer.fetch({ batchSize: 20, maxWaitMs: 400 });
    expect(second).toHaveLength(10);
    expect(performance.now() - startedAt).toBeGreaterThan(390);
    const all = [...first, ...second].map((message) => `${message.partition}-${message.text()}`);
    expect(all.toSorted()).toEqual([...numbered(25, "2-"), ...numbered(5, "4-")].toSorted());
    const waiting = consumer.fetch({ batchSize: 1, maxWaitMs: 20_000 });
    await publish(connection, { station: stationName, partition: 3 }, ["late"]);
    expect((await waiting).map((message) => message.text())).toEqual(["late"]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it("fetches from every partition, also where an earlier fetch of many partitions has ended early", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const options = { stationName, consumerName: "c", station: { partitions: 3 } };
    const consumer = await createConsumer(connection, options);
    for (const partition of [3, 2, 3, 1]) {
      const fetched = consumer.fetch({ batchSize: 1, maxWaitMs: WAIT });
      await publish(connection, { station: stationName, partition }, ["m"]);
      const startedAt = performance.now();
      const [message] = await fetched;
      expect(message).toMatchObject({ partition });
      // Not by the end of an earlier fetch's wait, or of its own.
      expect(performance.now() - startedAt).toBeLessThan(WAIT / 2);
      await message!.ack();
    }
  });

  it("is read in one way at a time", async () => {
    const connection = await broker.connect();
    const consumer = await createConsumer(connection, { stationName: broker.station(), consumerName: "c" });
    const iterator = consumer[Symbol.asyncIterator]();
    expect(() => {
      consumer.on("message", () => undefined);
    }).toThrow(/iterated over/);
    await expect(consumer.fetch()).rejects.toThrow(/iterated over/);
    await iterator.return?.();
    const listener = (): void => undefined;
    consumer.on("message", listener);
    expect(() => consumer[Symbol.asyncIterator]()).toThrow(/listened to/);
    expect(() => {
      consumer.on("message", listener);
    }).toThrow(/listened to/);
    consumer.off("message", listener);
    expect(await consumer.fetch({ maxWaitMs: 50 })).toEqual([]);
  });
});

describe("an answer", () => {
  it("decides whether, when and how often a message comes again", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", ackTimeoutMs: 700 });
    await publish(connection, { station: stationName }, ["ack", "nack", "delay", "silence"]);
    const seen: { text: string; deliveries: number; atMs: number }[] = [];
    const startedAt = performance.now();
    for await (const message of consumer) {
      const text = message.text();
      seen.push({ text, deliveries: message.deliveries, atMs: performance.now() - startedAt });
      if (text === "ack" || message.deliveries > 1) await message.ack();
      else if (text === "nack") await message.nack();
      else if (text === "delay") await message.delay(400);
      if (seen.length === 7) break;
    }
    expect(seen.slice(0, 4).map(({ text }) => text)).toEqual(["ack", "nack", "delay", "silence"]);
    expect(seen.slice(4).map(({ text, deliveries }) => [text, deliveries])).toEqual([
      ["nack", 2],
      ["delay", 2],
      ["silence", 2],
    ]);
    expect(seen[5]!.atMs).toBeGreaterThan(390);
    expect(seen[6]!.atMs).toBeGreaterThan(690);
  });

  it("counts once; working gives more time; confirmed waits for the server", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", ackTimeoutMs: 1_500 });
    await publish(connection, { station: stationName }, ["a"]);
    const [message] = await consumer.fetch({ batchSize: 1 });
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await message!.working();
    }
    expect(await consumer.lag()).toMatchObject([{ inFlight: 1, redelivered: 0 }]);
    await message!.ack({ confirmed: true });
    expect(await consumer.lag()).toMatchObject([{ pending: 0, inFlight: 0, answeredSequence: 1 }]);
    await message!.nack();
    expect(await consumer.fetch({ batchSize: 1, maxWaitMs: 300 })).toEqual([]);
  });
});

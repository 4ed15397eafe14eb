import { type Connection, StationNotFoundError } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";
import { describe, expect, it, vi } from "vitest";
import { type Consumer, type ConsumerOptions, createConsumer } from "../src/index.js";
import { useBroker } from "./support/broker.js";
import { numbered, publish } from "./support/publish.js";

const broker = useBroker();
const WAIT = 30_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sequences of the messages that became dead letters. */
async function deadLetters(connection: Connection, stationName: string): Promise<number[]> {
  const sequences: number[] = [];
  try {
    for await (const { sequence } of createStationAdmin(connection).deadLetters(stationName).list()) {
      sequences.push(sequence);
    }
  } catch (error) {
    if (!(error instanceof StationNotFoundError)) throw error;
  }
  return sequences;
}

describe("what is prefetched and given back", () => {
  it.each([1, 2, 4])(
    "makes no dead letters of messages that nobody had, of %i deliveries at most, where each member does one job that takes most of its time",
    async (maxDeliveries) => {
      const connection = await broker.connect();
      const stationName = broker.station();
      const options = { stationName, consumerName: "c", maxDeliveries, ackTimeoutMs: 800 };
      await createStationAdmin(connection).create({ name: stationName });
      await publish(connection, { station: stationName }, numbered(60));
      const handedOut = new Set<number>();
      for (let life = 0; life < 5; life++) {
        const consumer = await createConsumer(connection, options);
        for await (const message of consumer) {
          handedOut.add(message.sequence);
          await wait(600);
          await message.ack();
          break;
        }
        await consumer.close();
      }
      const last = await createConsumer(connection, options);
      for await (const message of last) {
        handedOut.add(message.sequence);
        await message.ack();
        if (handedOut.size === 60) break;
      }
      expect(await deadLetters(connection, stationName)).toEqual([]);
    },
  );

  it.each([1, 2, 3, 4, 10])(
    "makes no dead letters of messages that nobody had, of %i deliveries at most, however often members end in good order",
    async (maxDeliveries) => {
      const connection = await broker.connect();
      const stationName = broker.station();
      const options = { stationName, consumerName: "c", maxDeliveries };
      await createStationAdmin(connection).create({ name: stationName });
      await publish(connection, { station: stationName }, numbered(300));
      const seen: string[] = [];
      for (let life = 0; life < 8; life++) {
        const consumer = await createConsumer(connection, options);
        let count = 0;
        for await (const message of consumer) {
          seen.push(message.text());
          await message.ack();
          if (++count === 5) break;
        }
        await consumer.close();
      }
      const last = await createConsumer(connection, options);
      for await (const message of last) {
        seen.push(message.text());
        await message.ack();
        if (seen.length === 300) break;
      }
      expect([...seen].sort()).toEqual(numbered(300).sort());
      expect(await deadLetters(connection, stationName)).toEqual([]);
    },
  );
});

describe("a member that stands still", () => {
  /** Joins, and gets so many messages. */
  async function healthyMember(
    connection: Connection,
    options: Omit<ConsumerOptions, "consumerName">,
    messages: number,
  ): Promise<Consumer> {
    const healthy = await createConsumer(connection, { ...options, consumerName: "healthy" });
    const seen = new Set<string>();
    healthy.on("message", (message) => {
      seen.add(message.text());
      return message.ack();
    });
    await vi.waitFor(() => {
      expect(seen.size).toBe(messages);
    }, WAIT);
    return healthy;
  }

  it("leaves what waits for its listener to the others", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const options = { stationName, consumerGroup: "g", ackTimeoutMs: 500 };
    const hung = await createConsumer(connection, { ...options, consumerName: "hung" });
    let end: () => void = () => undefined;
    const held = vi.fn(() => new Promise<void>((resolve) => (end = resolve)));
    hung.on("message", held);
    await publish(connection, { station: stationName }, numbered(100));
    await vi.waitFor(() => {
      expect(held).toHaveBeenCalledOnce();
    }, WAIT);
    await healthyMember(connection, options, 100);
    expect(held).toHaveBeenCalledOnce();
    end();
    await publish(connection, { station: stationName }, numbered(100, "later-"));
    await vi.waitFor(() => {
      expect(held.mock.calls.length).toBeGreaterThan(1);
    }, WAIT);
    end();
  });

  it("leaves what waits for its loop to the others, and goes on when it moves again", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const options = { stationName, consumerGroup: "g", ackTimeoutMs: 500, station: { partitions: 2 } };
    const hung = await createConsumer(connection, { ...options, consumerName: "hung" });
    const loop = hung[Symbol.asyncIterator]();
    for (const partition of [1, 2]) {
      await publish(connection, { station: stationName, partition }, numbered(50, `${partition}-`));
    }
    await loop.next();
    await wait(200);
    await (await healthyMember(connection, options, 100)).close();
    await publish(connection, { station: stationName, partition: 2 }, numbered(20, "later-"));
    for (const expected of numbered(20, "later-")) {
      const { value: message } = await loop.next();
      expect(message!.text()).toBe(expected);
      await message!.ack();
    }
    await loop.return!();
  });

  it("costs a partition that goes on next to nothing", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, {
      ...{ stationName, consumerName: "c", ackTimeoutMs: 400, station: { partitions: 2 } },
    });
    const deliveries: number[] = [];
    consumer.on("message", (message) => {
      if (message.partition === 1) return new Promise(() => undefined);
      deliveries.push(message.deliveries);
      return message.ack();
    });
    await publish(connection, { station: stationName, partition: 1 }, numbered(10));
    const end = performance.now() + 3_000;
    let sent = 0;
    while (performance.now() < end) {
      await publish(connection, { station: stationName, partition: 2 }, numbered(200));
      sent += 200;
    }
    await vi.waitFor(() => {
      expect(deliveries).toHaveLength(sent);
    }, WAIT);
    expect(sent).toBeGreaterThan(1_000);
    // What the server was about to send when the requests were made anew.
    expect(deliveries.filter((count) => count > 1).length).toBeLessThan(sent / 100);
    expect(Math.max(...new Set(deliveries))).toBeLessThanOrEqual(2);
  });

  it.each([3, 10])(
    "makes no dead letters of messages that nobody had, of %i deliveries at most, where a loop over partitions does long jobs",
    async (maxDeliveries) => {
      const connection = await broker.connect();
      const stationName = broker.station();
      const consumer = await createConsumer(connection, {
        ...{ stationName, consumerName: "c", ackTimeoutMs: 160, maxDeliveries, station: { partitions: 8 } },
      });
      for (let partition = 1; partition <= 8; partition++) {
        await publish(connection, { station: stationName, partition }, numbered(3));
      }
      const handedOut = new Set<string>();
      let most = 0;
      for await (const message of consumer) {
        handedOut.add(`${message.partition}/${message.sequence}`);
        most = Math.max(most, message.deliveries);
        for (let i = 0; i < 8; i++) {
          await wait(40);
          await message.working();
        }
        await message.ack();
        if (handedOut.size === 24) break;
      }
      expect(most).toBeLessThanOrEqual(2);
      expect(await deadLetters(connection, stationName)).toEqual([]);
    },
  );

  it("spends no deliveries of what comes after a long job, job after job", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, {
      ...{ stationName, consumerName: "c", ackTimeoutMs: 200, maxDeliveries: 3 },
    });
    await publish(connection, { station: stationName }, numbered(8));
    const seen: [string, number][] = [];
    for await (const message of consumer) {
      seen.push([message.text(), message.deliveries]);
      for (let i = 0; i < 10; i++) {
        await wait(50);
        await message.working();
      }
      await message.ack();
      if (seen.length === 8) break;
    }
    expect(seen.map(([text]) => text).sort()).toEqual(numbered(8));
    expect(Math.max(...seen.map(([, deliveries]) => deliveries))).toBeLessThanOrEqual(2);
    expect(await deadLetters(connection, stationName)).toEqual([]);
  });
});

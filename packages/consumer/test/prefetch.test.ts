import { type Connection, StationNotFoundError } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";
import { describe, expect, it, vi } from "vitest";
import { createConsumer } from "../src/index.js";
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
    const healthy = await createConsumer(connection, { ...options, consumerName: "healthy" });
    const seen = new Set<string>();
    healthy.on("message", (message) => {
      seen.add(message.text());
      return message.ack();
    });
    await vi.waitFor(() => {
      expect(seen.size).toBe(100);
    }, WAIT);
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
    const healthy = await createConsumer(connection, { ...options, consumerName: "healthy" });
    const seen = new Set<string>();
    healthy.on("message", (message) => {
      seen.add(message.text());
      return message.ack();
    });
    await vi.waitFor(() => {
      expect(seen.size).toBe(100);
    }, WAIT);
    await healthy.close();
    await publish(connection, { station: stationName, partition: 2 }, numbered(20, "later-"));
    for (const expected of numbered(20, "later-")) {
      const { value: message } = await loop.next();
      expect(message!.text()).toBe(expected);
      await message!.ack();
    }
    await loop.return!();
  });

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

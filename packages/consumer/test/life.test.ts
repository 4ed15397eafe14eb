import { type Connection, connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createStationAdmin } from "@stationkit/station-admin";
import { itOnJetStream } from "@stationkit/test-kit/vitest";
import { describe, expect, it, vi } from "vitest";
import { type ConsumerMessage, createConsumer } from "../src/index.js";
import { useBroker } from "./support/broker.js";
import { numbered, publish } from "./support/publish.js";

const broker = useBroker();
const WAIT = 20_000;

describe("closing", () => {
  it("gives back what is prefetched at once, and acknowledges nothing by itself", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const first = await createConsumer(connection, { stationName, consumerName: "1", consumerGroup: "g" });
    await publish(connection, { station: stationName }, numbered(100));
    const kept: string[] = [];
    for await (const message of first) {
      kept.push(message.text());
      await message.ack();
      if (kept.length === 10) break;
    }
    await first.close();
    const second = await createConsumer(connection, { stationName, consumerName: "2", consumerGroup: "g" });
    const rest = await second.fetch({ batchSize: 90, maxWaitMs: 10_000 });
    expect([...kept, ...rest.map((message) => message.text())].toSorted()).toEqual(numbered(100).toSorted());
    for (const message of rest) await message.ack();
  });

  it("waits for handlers that are still at work, when the connection is closed as well", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c" });
    const done: string[] = [];
    let started = 0;
    consumer.on("message", async (message) => {
      started++;
      await new Promise((resolve) => setTimeout(resolve, 300));
      await message.ack();
      done.push(message.text());
    });
    await publish(connection, { station: stationName }, numbered(5));
    await vi.waitFor(() => {
      expect(started).toBe(1);
    }, WAIT);
    await connection.close();
    expect(done).toEqual(["0"]);
    const other = await createConsumer(await broker.connect(), { stationName, consumerName: "c" });
    const rest = await other.fetch({ batchSize: 4, maxWaitMs: 10_000 });
    expect(rest.map((message) => message.text()).toSorted()).toEqual(["1", "2", "3", "4"]);
    for (const message of rest) await message.ack();
  });

  it("drains: what is here is handed out and answered, nothing more is asked for", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", maxPrefetchMessages: 50 });
    await publish(connection, { station: stationName }, numbered(200));
    const texts: string[] = [];
    let draining: Promise<void> | undefined;
    for await (const message of consumer) {
      texts.push(message.text());
      draining ??= consumer.drain();
      await message.ack();
    }
    await draining;
    expect(texts.length).toBeGreaterThanOrEqual(1);
    expect(texts.length).toBeLessThanOrEqual(100);
    expect(texts).toEqual(numbered(texts.length));
    const other = await createConsumer(connection, { stationName, consumerName: "c" });
    // The server takes answers and questions from the same connection by different queues.
    await vi.waitFor(async () => {
      expect(await other.lag()).toMatchObject([{ inFlight: 0, pending: 200 - texts.length }]);
    });
  });

  it("drains for as long as a slow loop needs, without giving back what is its turn next", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const before = await subscriptions(connection);
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", ackTimeoutMs: 200 });
    await publish(connection, { station: stationName }, numbered(20));
    const seen: [text: string, deliveries: number][] = [];
    let draining: Promise<void> | undefined;
    for await (const message of consumer) {
      if (draining === undefined) {
        await vi.waitFor(async () => {
          expect(await consumer.lag()).toMatchObject([{ pending: 0 }]);
        }, WAIT);
        draining = consumer.drain();
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
      seen.push([message.text(), message.deliveries]);
      await message.ack();
    }
    await draining;
    expect(seen).toEqual(numbered(20).map((text) => [text, 1]));
    expect(await subscriptions(connection)).toBe(before);
  });
});

/** How many this client has, as the server counts them. */
async function subscriptions({ natsConnection }: Connection): Promise<number> {
  await natsConnection.flush();
  const response = await fetch(`${broker.server.monitorUrl}/connz?cid=${natsConnection.info!.client_id}`);
  const { connections } = (await response.json()) as { connections: { subscriptions: number }[] };
  return connections[0]!.subscriptions;
}

describe("a slow reader", () => {
  it("holds no more than its prefetch, and keeps what waits here from being delivered again", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    await store(stationName, 300);
    const consumer = await createConsumer(connection, {
      stationName,
      consumerName: "c",
      maxPrefetchMessages: 20,
      ackTimeoutMs: 400,
    });
    const deliveries: number[] = [];
    let mostInFlight = 0;
    for await (const message of consumer) {
      deliveries.push(message.deliveries);
      await new Promise((resolve) => setTimeout(resolve, 60));
      if (deliveries.length % 10 === 0) mostInFlight = Math.max(mostInFlight, (await consumer.lag())[0]!.inFlight);
      await message.ack();
      if (deliveries.length === 40) break;
    }
    expect(deliveries).toEqual(Array.from({ length: 40 }, () => 1));
    expect(mostInFlight).toBeLessThanOrEqual(21);
  });

  async function store(station: string, count: number): Promise<void> {
    const connection = await broker.connect();
    await createStationAdmin(connection).create({ name: station });
    await publish(connection, { station }, numbered(count));
  }

  it("keeps what waits for a listener's handler from being delivered again, however long that takes", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    await store(stationName, 200);
    const options = { stationName, consumerName: "c", ackTimeoutMs: 1_000 };
    const consumer = await createConsumer(connection, options);
    const deliveries: number[] = [];
    consumer.on("message", async (message) => {
      deliveries.push(message.deliveries);
      await new Promise((resolve) => setTimeout(resolve, 15));
      await message.ack();
    });
    await vi.waitFor(async () => {
      expect(await consumer.lag()).toMatchObject([{ pending: 0, inFlight: 0 }]);
    }, WAIT);
    expect(deliveries).toEqual(deliveries.map(() => 1));
    expect(deliveries).toHaveLength(200);
  });

  it("has its whole prefetch again after a listener has gone that never answered", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    await store(stationName, 12);
    const consumer = await createConsumer(connection, {
      stationName,
      consumerName: "c",
      maxPrefetchMessages: 4,
      ackTimeoutMs: 200,
    });
    const unanswered: string[] = [];
    const listener = (message: ConsumerMessage): void => void unanswered.push(message.text());
    consumer.on("message", listener);
    await vi.waitFor(() => {
      expect(unanswered).toHaveLength(4);
    }, WAIT);
    consumer.off("message", listener);
    const seen = new Set<string>();
    for await (const message of consumer) {
      seen.add(message.text());
      await message.ack();
      if (seen.size === 12) break;
    }
  });

  it("gets messages larger than its byte bound one at a time", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", maxPrefetchBytes: 10_000 });
    const sizes = [100, 50_000, 100, 9_000, 9_000, 300_000, 100];
    await publish(
      connection,
      { station: stationName },
      sizes.map((size) => "x".repeat(size)),
    );
    const seen: number[] = [];
    for await (const message of consumer) {
      seen.push(message.data.length);
      await message.ack();
      if (seen.length === sizes.length) break;
    }
    expect(seen).toEqual(sizes);
  });
});

describe("what happens to the broker", () => {
  it("is got over: a server that is killed and comes back", async () => {
    await using server = await startNats();
    await using connection = await connect({ servers: server.url, reconnectDelayMs: 50 });
    const consumer = await createConsumer(connection, { stationName: "s", consumerName: "c", ackTimeoutMs: 2_000 });
    const seen = new Set<string>();
    consumer.on("message", (message) => {
      seen.add(message.text());
      void message.ack();
    });
    for (let round = 0; round < 3; round++) {
      await publish(connection, { station: "s" }, numbered(100, `${round}-`));
      await server.kill();
      await server.restart();
      await vi.waitFor(() => {
        expect(connection.state).toBe("connected");
      }, WAIT);
    }
    await vi.waitFor(() => {
      expect(seen.size).toBe(300);
    }, WAIT);
  });

  it("is told and healed: a durable that is deleted begins where the group was last known to be", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c" });
    const told: string[] = [];
    consumer.on("reading-interrupted", (error) => told.push(error.code));
    consumer.on("reading-resumed", () => told.push("resumed"));
    const seen: string[] = [];
    consumer.on("message", (message) => {
      seen.push(message.text());
      void message.ack();
    });
    await publish(connection, { station: stationName }, ["a"]);
    await vi.waitFor(() => {
      expect(seen).toContain("a");
    }, WAIT);
    await connection.jetStream.request(`CONSUMER.DELETE.${stationName}$1.c`);
    await publish(connection, { station: stationName }, ["b"]);
    await vi.waitFor(() => {
      expect(seen).toContain("b");
    }, WAIT);
    expect(told).toEqual(["SK_CONSUMER_GROUP_NOT_FOUND", "resumed"]);
  });

  itOnJetStream(
    "is told and healed: a station that is destroyed, made again with fewer partitions, and grown",
    async () => {
      const connection = await broker.connect();
      const admin = createStationAdmin(await broker.connect());
      const stationName = broker.station();
      const consumer = await createConsumer(connection, { stationName, consumerName: "c", station: { partitions: 3 } });
      const told: string[] = [];
      consumer.on("reading-interrupted", (error) => told.push(error.code));
      const seen: string[] = [];
      consumer.on("message", (message) => {
        seen.push(message.text());
        void message.ack();
      });
      await publish(connection, { station: stationName, partition: 3 }, ["old"]);
      await vi.waitFor(() => {
        expect(seen).toEqual(["old"]);
      }, WAIT);
      await admin.destroy(stationName);
      await vi.waitFor(() => {
        expect(told).toContain("SK_STATION_NOT_FOUND");
      }, WAIT);
      await admin.create({ name: stationName });
      await publish(connection, { station: stationName }, ["new"]);
      await vi.waitFor(() => {
        expect(seen).toEqual(["old", "new"]);
        expect(consumer.partitions).toEqual([1]);
      }, WAIT);
      await admin.addPartitions(stationName, { total: 2 });
      await publish(connection, { station: stationName, partition: 2 }, ["grown"]);
      await vi.waitFor(() => {
        expect(seen).toEqual(["old", "new", "grown"]);
        expect(consumer.partitions).toEqual([1, 2]);
      }, WAIT);
    },
  );

  it("is told: a server that falls silent", async () => {
    await using server = await startNats();
    await using connection = await connect({ servers: server.url });
    const consumer = await createConsumer(connection, { stationName: "s", consumerName: "c", heartbeatMs: 200 });
    const told: string[] = [];
    consumer.on("reading-interrupted", (error) => told.push(error.code));
    consumer.on("reading-resumed", () => told.push("resumed"));
    const seen: string[] = [];
    consumer.on("message", (message) => {
      seen.push(message.text());
      void message.ack();
    });
    await publish(connection, { station: "s" }, ["a"]);
    await vi.waitFor(() => {
      expect(seen).toEqual(["a"]);
    }, WAIT);
    server.pause();
    await vi.waitFor(() => {
      expect(told).toContain("SK_READING_STALLED");
    }, WAIT);
    server.resume();
    await publish(connection, { station: "s" }, ["b"]);
    await vi.waitFor(() => {
      expect(seen).toEqual(["a", "b"]);
      expect(told.at(-1)).toBe("resumed");
    }, WAIT);
  });
});

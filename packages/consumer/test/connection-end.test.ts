import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { describe, expect, it, vi } from "vitest";
import { createConsumer } from "../src/index.js";
import { useBroker } from "./support/broker.js";
import { numbered, publish } from "./support/publish.js";

const broker = useBroker();
const WAIT = 20_000;

describe("a connection that ends for good", () => {
  it.each([
    ["that does not reconnect", { reconnect: false }],
    ["whose attempts are used up", { maxReconnectAttempts: 2, reconnectDelayMs: 50 }],
  ])("%s ends loops, and refuses fetches", async (_which, options) => {
    await using server = await startNats();
    await using connection = await connect({ servers: server.url, ...options });
    const looping = await createConsumer(connection, { stationName: "s", consumerName: "1" });
    const fetching = await createConsumer(connection, { stationName: "s", consumerName: "2" });
    await publish(connection, { station: "s" }, ["a"]);
    const seen: string[] = [];
    const loop = (async () => {
      for await (const message of looping) seen.push(message.text());
    })();
    await vi.waitFor(() => {
      expect(seen).toEqual(["a"]);
    }, WAIT);
    expect(await fetching.fetch({ batchSize: 1, maxWaitMs: WAIT })).toHaveLength(1);
    const waiting = fetching.fetch({ batchSize: 1, maxWaitMs: WAIT });
    await Promise.all([expect(waiting).rejects.toMatchObject({ code: "SK_CONNECTION_CLOSED" }), server.kill()]);
    await loop;
    await expect(fetching.fetch()).rejects.toMatchObject({ code: "SK_CONNECTION_CLOSED" });
  });

  it("ends a close that waits for an answer of the server", async () => {
    await using server = await startNats();
    await using connection = await connect({ servers: server.url, reconnect: false });
    const consumer = await createConsumer(connection, { stationName: "s", consumerName: "c" });
    server.pause();
    const closing = consumer.close();
    await server.kill();
    await closing;
  });

  it("leaves nothing running that its owner has closed, with messages that nobody has read", async () => {
    const owner = await broker.connect();
    const connection = await connect({ natsConnection: owner.natsConnection });
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", ackTimeoutMs: 200 });
    await publish(connection, { station: stationName }, numbered(20));
    const uncaught: unknown[] = [];
    const onUncaught = (error: unknown): void => void uncaught.push(error);
    process.on("uncaughtException", onUncaught);
    for await (const message of consumer) {
      await message.ack();
      await vi.waitFor(async () => {
        expect(await consumer.lag()).toMatchObject([{ pending: 0 }]);
      }, WAIT);
      break;
    }
    await owner.close();
    await expect(consumer.fetch()).rejects.toMatchObject({ code: "SK_CONNECTION_CLOSED" });
    // Longer than it takes to give back what nobody reads.
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.off("uncaughtException", onUncaught);
    expect(uncaught).toEqual([]);
    for await (const message of consumer) expect.unreachable(message.text());
    await consumer.close();
  });
});

import { createStationAdmin, type DeadLetter } from "@stationkit/station-admin";
import { describe, expect, it, vi } from "vitest";
import type { Connection } from "@stationkit/core-protocol";
import { createConsumer } from "../src/index.js";
import { useBroker } from "./support/broker.js";
import { publish } from "./support/publish.js";

const broker = useBroker({
  config: {
    authorization: {
      users: [
        { user: "all", password: "secret" },
        { user: "deaf", password: "secret", permissions: { subscribe: { deny: ["$JS.EVENT.ADVISORY.CONSUMER.>"] } } },
      ],
    },
  },
});
const all = { username: "all", password: "secret" };
const WAIT = 20_000;

/** A station with a group that another tool has made: the server itself stops after two deliveries. */
async function makeForeignGroup(connection: Connection, station: string): Promise<void> {
  await createStationAdmin(connection).create({ name: station });
  const stream = `${station}$1`;
  const config = { durable_name: "g", ack_policy: "explicit", ack_wait: 500_000_000, max_deliver: 2 };
  await connection.jetStream.request(`CONSUMER.CREATE.${stream}.g`, { stream_name: stream, config });
}

async function listed(connection: Connection, station: string): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const letter of createStationAdmin(connection).deadLetters(station).list()) letters.push(letter);
  return letters;
}

describe("a group with the server's own limit of deliveries", () => {
  it("has a dead letter of what was given back, or left unanswered, in its last delivery", async () => {
    const connection = await broker.connect(all);
    const stationName = broker.station();
    await makeForeignGroup(connection, stationName);
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", consumerGroup: "g" });
    const told = vi.fn();
    consumer.on("message-dead-lettered", told);
    consumer.on("message", async (message) => {
      if (message.text() === "given back") await message.nack();
      else if (message.text() !== "left") await message.ack();
    });
    await publish(connection, { station: stationName }, ["given back", "good", "left"]);
    await vi.waitFor(() => {
      expect(told).toHaveBeenCalledTimes(2);
    }, WAIT);
    const letters = await listed(connection, stationName);
    expect(letters.map(({ data }) => Buffer.from(data).toString()).sort()).toEqual(["given back", "left"]);
    const story = { cause: "max-deliveries", reason: "delivered 2 times, and never acknowledged", deliveries: 2 };
    for (const letter of letters) expect(letter).toMatchObject({ ...story, group: "g", consumer: "c", partition: 1 });
    expect(await consumer.lag()).toMatchObject([{ pending: 0, inFlight: 0, redelivered: 2 }]);
  });

  it("is told when its login may not hear what the server gives up", async () => {
    const stationName = broker.station();
    await makeForeignGroup(await broker.connect(all), stationName);
    const connection = await broker.connect({ username: "deaf", password: "secret" });
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", consumerGroup: "g" });
    const failed = vi.fn();
    consumer.on("dead-letter-failed", failed);
    await vi.waitFor(() => {
      expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: "SK_PERMISSION_DENIED" }));
    }, WAIT);
  });
});

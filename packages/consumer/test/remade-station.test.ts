import { parseConsumerGroupName, parseStationName } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";
import { itOnJetStream } from "@stationkit/test-kit/vitest";
import { describe, expect, vi } from "vitest";
import { Durables } from "../src/engine/durables.js";
import { PartitionRecovery } from "../src/engine/partition-recovery.js";
import { createConsumer } from "../src/index.js";
import { useBroker } from "./support/broker.js";
import { numbered, publish } from "./support/publish.js";

const broker = useBroker();
const WAIT = 20_000;

describe("a station that is destroyed and made again at once", () => {
  itOnJetStream("is read from its first message, also where the group had come further in the old one", async () => {
    const connection = await broker.connect();
    const admin = createStationAdmin(connection);
    const station = parseStationName(broker.station());
    const group = parseConsumerGroupName("g");
    await publishAndAnswer(station);
    const durables = new Durables(connection, { station, group }, {});
    const info = await durables.info(1);
    expect(info).toMatchObject({ ack_floor: { stream_seq: 5 } });
    let replaced = 0;
    const recovery = new PartitionRecovery(
      {
        ...{ station, group, durables, partition: 1 },
        interrupted: () => undefined,
        resumed: () => undefined,
        changed: () => undefined,
        replaced: () => replaced++,
      },
      info!,
    );
    await admin.destroy(station);
    await admin.create({ name: station });
    // More than the old one had: the count alone does not tell them apart.
    await publish(connection, { station }, numbered(8));
    await recovery.run(undefined);
    expect((await durables.info(1))!.config.deliver_policy).toBe("all");
    expect(replaced).toBe(1);
    await recovery.look(0);
    await connection.jetStream.request(`CONSUMER.DELETE.${station}$1.g`);
    expect(await recovery.look(0)).toBe(false);
    expect(replaced).toBe(1);
  });

  itOnJetStream("is not sent the answers to messages of the old one", async () => {
    const connection = await broker.connect();
    const admin = createStationAdmin(await broker.connect());
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c" });
    await publish(connection, { station: stationName }, ["old"]);
    const [old] = await consumer.fetch({ batchSize: 1, maxWaitMs: WAIT });
    const resumed = new Promise((resolve) => {
      consumer.on("reading-resumed", resolve);
    });
    await admin.destroy(stationName);
    await admin.create({ name: stationName });
    await publish(connection, { station: stationName }, ["new", "newer"]);
    await resumed;
    const [first, second] = await consumer.fetch({ batchSize: 2, maxWaitMs: WAIT });
    expect([old, first, second].map((message) => [message!.text(), message!.sequence])).toEqual([
      ["old", 1],
      ["new", 1],
      ["newer", 2],
    ]);
    await old!.ack();
    await second!.ack();
    await vi.waitFor(async () => {
      expect((await consumer.lag())[0]!.inFlight).toBeLessThan(2);
    }, WAIT);
    expect(await consumer.lag()).toMatchObject([{ inFlight: 1, answeredSequence: 0 }]);
    await first!.ack({ confirmed: true });
    expect(await consumer.lag()).toMatchObject([{ inFlight: 0, answeredSequence: 2 }]);
  });

  itOnJetStream("takes the place of what was prefetched from the old one", async () => {
    const connection = await broker.connect();
    const admin = createStationAdmin(await broker.connect());
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", maxPrefetchMessages: 8 });
    const resumed = new Promise((resolve) => {
      consumer.on("reading-resumed", resolve);
    });
    await publish(connection, { station: stationName }, numbered(8, "old-"));
    const seen: string[] = [];
    for await (const message of consumer) {
      if (seen.push(message.text()) === 1) {
        await admin.destroy(stationName);
        await admin.create({ name: stationName });
        await resumed;
        await publish(connection, { station: stationName }, numbered(8, "new-"));
        await expect(message.ack({ confirmed: true })).rejects.toMatchObject({ code: "SK_STATION_NOT_FOUND" });
      }
      await message.ack();
      if (seen.length === 9) break;
    }
    expect(seen).toEqual(["old-0", ...numbered(8, "new-")]);
    await vi.waitFor(async () => {
      expect(await consumer.lag()).toMatchObject([{ inFlight: 0, answeredSequence: 8 }]);
    }, WAIT);
  });

  async function publishAndAnswer(stationName: string): Promise<void> {
    const connection = await broker.connect();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", consumerGroup: "g" });
    await publish(connection, { station: stationName }, numbered(5));
    for (const message of await consumer.fetch({ batchSize: 5, maxWaitMs: WAIT }))
      await message.ack({ confirmed: true });
    await consumer.close();
  }
});

import { createStationAdmin } from "@stationkit/station-admin";
import { describe, expect, it } from "vitest";
import { changeConsumerGroup, createConsumer } from "../src/index.js";
import { useBroker } from "./support/broker.js";
import { numbered, publish } from "./support/publish.js";

const broker = useBroker();

describe("a group whose settings are changed", () => {
  it("has them on every partition, for members that come", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    await createStationAdmin(connection).create({ name: stationName, partitions: 3 });
    const member = { stationName, consumerGroup: "g", consumerName: "c" };
    await createConsumer(connection, { ...member, ackTimeoutMs: 60_000, maxDeliveries: 4 });
    await changeConsumerGroup(connection, { stationName, consumerGroup: "g", ackTimeoutMs: 200, maxDeliveries: 2 });
    const changed = await createConsumer(connection, { ...member, ackTimeoutMs: 200, maxDeliveries: 2 });
    await publish(connection, { station: stationName, partition: 3 }, ["poison"]);
    for (const deliveries of [1, 2]) {
      const [message] = await changed.fetch({ batchSize: 1, maxWaitMs: 20_000 });
      expect(message).toMatchObject({ deliveries, partition: 3 });
    }
    const buried = new Promise((resolve) => {
      changed.on("message-dead-lettered", resolve);
    });
    await changed.fetch({ batchSize: 1, maxWaitMs: 2_000 });
    expect(await buried).toMatchObject({ cause: "max-deliveries", partition: 3 });
  });

  it("keeps what waits in the prefetch of open members from being delivered again and again by a shorter time", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const member = { stationName, consumerGroup: "g", consumerName: "c" };
    const consumer = await createConsumer(connection, { ...member, maxDeliveries: 3 });
    const buried: unknown[] = [];
    consumer.on("message-dead-lettered", (notice) => buried.push(notice));
    await publish(connection, { station: stationName }, numbered(30));
    const seen = new Set<string>();
    let mostDeliveries = 0;
    for await (const message of consumer) {
      if (seen.size === 0)
        await changeConsumerGroup(connection, { stationName, consumerGroup: "g", ackTimeoutMs: 300 });
      seen.add(message.text());
      mostDeliveries = Math.max(mostDeliveries, message.deliveries);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await message.ack();
      if (seen.size === 30) break;
    }
    expect(buried).toEqual([]);
    expect(mostDeliveries).toBeLessThanOrEqual(2);
  });

  it("keeps the server's own limit where it has one", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    await createStationAdmin(connection).create({ name: stationName });
    const stream = `${stationName}$1`;
    const config = { durable_name: "g", ack_policy: "explicit", max_deliver: 7, filter_subject: `${stream}.final` };
    const create = { stream_name: stream, config, action: "create" };
    await connection.jetStream.request(`CONSUMER.CREATE.${stream}.g.${stream}.final`, create);
    await changeConsumerGroup(connection, { stationName, consumerGroup: "g", maxDeliveries: 3 });
    const info = await connection.jetStream.request(`CONSUMER.INFO.${stream}.g`);
    expect(info).toMatchObject({ config: { max_deliver: 3, ack_wait: 30_000_000_000 } });
  });

  it("has to exist: nothing is made", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    await createStationAdmin(connection).create({ name: stationName, partitions: 2 });
    const changed = changeConsumerGroup(connection, { stationName, consumerGroup: "typo", maxDeliveries: 3 });
    await expect(changed).rejects.toMatchObject({ code: "SK_CONSUMER_GROUP_NOT_FOUND", group: "typo" });
    expect((await createStationAdmin(connection).describe(stationName)).partitions[0]!.consumers).toBe(0);
  });
});

import { createConsumer } from "@stationkit/consumer";
import { createProducer } from "@stationkit/producer";
import type { Message } from "memphis-dev";
import { describe, expect, it, vi } from "vitest";
import { useStage } from "./support/stage.js";

const stage = useStage();
const WAIT = { timeout: 30_000, interval: 50 };
const TEXTS = Array.from({ length: 30 }, (_, i) => `message ${i}`);

describe("memphis-dev and this stack on one station", () => {
  it("its producer's messages reach our consumer, with their headers", async () => {
    const [memphis, connection] = await Promise.all([stage.memphis(), stage.connect()]);
    const stationName = `${stage.station()}.eu`;
    await memphis.station({ name: stationName, partitionsNumber: 3 });
    const consumer = await createConsumer(connection, { stationName, consumerName: "c" });
    const producer = await memphis.producer({ stationName, producerName: "p" });
    for (const message of TEXTS) await producer.produce({ message, headers: { a: message }, asyncProduce: false });
    const seen: string[] = [];
    for await (const message of consumer) {
      expect(message.headers).toMatchObject({ a: message.text() });
      seen.push(message.text());
      await message.ack();
      if (seen.length === TEXTS.length) break;
    }
    expect(seen.sort()).toEqual([...TEXTS].sort());
    await consumer.close();
  });

  it("our producer's messages reach its consumer, with their headers", async () => {
    const [memphis, connection] = await Promise.all([stage.memphis(), stage.connect()]);
    const stationName = `${stage.station()}.eu`;
    const producer = await createProducer(connection, {
      ...{ stationName, producerName: "p" },
      station: { partitions: 3 },
    });
    for (const message of TEXTS) await producer.produce({ message, headers: { a: message } });
    await producer.flush();
    const consumer = await memphis.consumer({ stationName, consumerName: "c", pullIntervalMs: 50, batchSize: 100 });
    const seen: string[] = [];
    consumer.on("message", (message: Message) => {
      const text = Buffer.from(message.getData()).toString();
      expect(message.getHeaders()).toMatchObject({ a: text });
      seen.push(text);
      message.ack();
    });
    await vi.waitFor(() => {
      expect(seen).toHaveLength(TEXTS.length);
    }, WAIT);
    expect(seen.sort()).toEqual([...TEXTS].sort());
    consumer.stop();
    await producer.close();
  });

  it("members of both in one group share what is produced", async () => {
    const [memphis, connection] = await Promise.all([stage.memphis(), stage.connect()]);
    const group = { stationName: stage.station(), consumerGroup: "g" };
    const theirs = await memphis.consumer({ ...group, consumerName: "theirs" });
    const ours = await createConsumer(connection, { ...group, consumerName: "ours" });
    await memphis.produce({ stationName: group.stationName, producerName: "p", message: "a", asyncProduce: false });
    const [first] = await theirs.fetch({ batchSize: 1 });
    first!.ack();
    await memphis.produce({ stationName: group.stationName, producerName: "p", message: "b", asyncProduce: false });
    const [second] = await ours.fetch({ batchSize: 1, maxWaitMs: 20_000 });
    await second!.ack({ confirmed: true });
    expect([Buffer.from(first!.getData()).toString(), second!.text()]).toEqual(["a", "b"]);
    expect(await ours.lag()).toMatchObject([{ pending: 0, inFlight: 0 }]);
    await ours.close();
  });

  it("what one gives up, the other's group member can be sent again", async () => {
    const [memphis, connection, admin] = await Promise.all([stage.memphis(), stage.connect(), stage.admin()]);
    const group = { stationName: stage.station(), consumerGroup: "g" };
    const ours = await createConsumer(connection, { ...group, consumerName: "ours" });
    const theirs = await memphis.consumer({ ...group, consumerName: "theirs", maxMsgDeliveries: 10 });
    await memphis.produce({ stationName: group.stationName, producerName: "p", message: "m", asyncProduce: false });
    const [message] = await ours.fetch({ batchSize: 1, maxWaitMs: 20_000 });
    await message!.deadLetter("not for us");
    const letters = admin.deadLetters(group.stationName);
    for await (const letter of letters.list()) await letters.resend(letter);
    const again: Message[] = [];
    await vi.waitFor(async () => {
      again.push(...(await theirs.fetch({ batchSize: 1 })));
      expect(again).toHaveLength(1);
    }, WAIT);
    expect(Buffer.from(again[0]!.getData()).toString()).toBe("m");
    again[0]!.ack();
    await ours.close();
  });

  it("its consumer cannot join a group whose members hold partitions for themselves", async (context) => {
    const [memphis, connection] = await Promise.all([stage.memphis(), stage.connect()]);
    context.skip(connection.server.jetStreamApiLevel < 1, "this server is too old for exclusive groups");
    const group = { stationName: stage.station(), consumerGroup: "g" };
    const ours = await createConsumer(connection, { ...group, consumerName: "ours", partitions: "exclusive" });
    await expect(memphis.consumer({ ...group, consumerName: "theirs" })).rejects.toThrow(/is exclusive/);
    await ours.close();
  });
});

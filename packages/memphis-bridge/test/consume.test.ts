import type { DeadLetter, StationAdmin } from "@stationkit/station-admin";
import type { Consumer, Memphis, Message } from "memphis-dev";
import { describe, expect, it, vi } from "vitest";
import { useStage } from "./support/stage.js";

const stage = useStage();
const WAIT = { timeout: 30_000, interval: 50 };

async function produce(memphis: Memphis, stationName: string, texts: readonly string[]): Promise<void> {
  for (const message of texts) await memphis.produce({ stationName, producerName: "p", message, asyncProduce: false });
}

/** Fetches until there are as many messages, from all partitions in turn. */
async function fetchAll(consumer: Consumer, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  await vi.waitFor(async () => {
    messages.push(...(await consumer.fetch({ batchSize: count - messages.length })));
    expect(messages).toHaveLength(count);
  }, WAIT);
  return messages;
}

const textOf = (message: Message): string => Buffer.from(message.getData()).toString();

async function letters(admin: StationAdmin, station: string): Promise<DeadLetter[]> {
  const list: DeadLetter[] = [];
  for await (const letter of admin.deadLetters(station).list()) list.push(letter);
  return list;
}

describe("memphis-dev's consumer", () => {
  it("is handed what was produced, with its headers, sequence and time, and context", async () => {
    const memphis = await stage.memphis();
    const stationName = stage.station();
    await memphis.produce({
      ...{ stationName, producerName: "p", message: { id: 1 }, headers: { a: "1" }, asyncProduce: false },
    });
    const consumer = await memphis.consumer({ stationName, consumerName: "c", pullIntervalMs: 100 });
    consumer.setContext({ key: "value" });
    const seen: unknown[] = [];
    consumer.on("message", (message: Message, context: unknown) => {
      seen.push({
        ...{
          json: message.getDataAsJson(),
          headers: message.getHeaders(),
          sequence: message.getSequenceNumber(),
          context,
        },
        age: Math.abs(Date.now() - message.getTimeSent().getTime()) < 60_000,
      });
      message.ack();
    });
    const message = { json: { id: 1 }, headers: { a: "1" }, sequence: 1, context: { key: "value" }, age: true };
    await vi.waitFor(() => {
      expect(seen).toEqual([message]);
    }, WAIT);
    consumer.stop();
  });

  it("reads all partitions in turn", async () => {
    const memphis = await stage.memphis();
    const stationName = stage.station();
    await memphis.station({ name: stationName, partitionsNumber: 3 });
    await produce(memphis, stationName, ["a", "b", "c", "d", "e", "f"]);
    const consumer = await memphis.consumer({ stationName, consumerName: "c" });
    const messages = await fetchAll(consumer, 6);
    expect(messages.map(textOf).sort()).toEqual(["a", "b", "c", "d", "e", "f"]);
    for (const message of messages) message.ack();
  });

  it("reads one partition by its number", async () => {
    const memphis = await stage.memphis();
    const stationName = stage.station();
    await memphis.station({ name: stationName, partitionsNumber: 3 });
    await produce(memphis, stationName, ["a", "b", "c"]);
    const consumer = await memphis.consumer({ stationName, consumerName: "c" });
    const messages = await consumer.fetch({ batchSize: 5, consumerPartitionNumber: 2 });
    expect(messages.map(textOf)).toEqual(["b"]);
  });

  it.each([
    [{ lastMessages: 2 }, ["c", "d", "e"]],
    [{ lastMessages: 0 }, ["e"]],
    [{ startConsumeFromSequence: 2 }, ["b", "c", "d", "e"]],
    [{}, ["a", "b", "c", "d", "e"]],
  ])("begins where %o says, also with one partition", async (start, expected) => {
    const memphis = await stage.memphis();
    const stationName = stage.station();
    await produce(memphis, stationName, ["a", "b", "c", "d"]);
    const consumer = await memphis.consumer({ stationName, consumerName: "c", ...start });
    await produce(memphis, stationName, ["e"]);
    expect((await fetchAll(consumer, expected.length)).map(textOf)).toEqual(expected);
  });

  it("shares the messages with its group, and not with others", async () => {
    const [memphis, other] = await Promise.all([stage.memphis(), stage.memphis()]);
    const stationName = stage.station();
    const group = { stationName, consumerGroup: "Billing.EU" };
    const members = [
      await memphis.consumer({ ...group, consumerName: "c1" }),
      await other.consumer({ ...group, consumerName: "c2" }),
    ];
    const alone = await other.consumer({ stationName, consumerName: "alone" });
    await produce(memphis, stationName, ["a", "b"]);
    const shared = [...(await members[0]!.fetch({ batchSize: 1 })), ...(await members[1]!.fetch({ batchSize: 1 }))];
    expect(shared.map(textOf).sort()).toEqual(["a", "b"]);
    expect((await fetchAll(alone, 2)).map(textOf)).toEqual(["a", "b"]);
  });

  it("gets again at once what it gives back, and later what it delays", async () => {
    const memphis = await stage.memphis();
    const stationName = stage.station();
    await produce(memphis, stationName, ["m"]);
    const consumer = await memphis.consumer({ stationName, consumerName: "c", maxMsgDeliveries: 5 });
    const [first] = await fetchAll(consumer, 1);
    first!.nack();
    const [second] = await fetchAll(consumer, 1);
    const delayedAt = performance.now();
    second!.delay(1_500);
    const [third] = await fetchAll(consumer, 1);
    expect(performance.now() - delayedAt).toBeGreaterThan(1_400);
    third!.ack();
    expect(await consumer.fetch({ batchSize: 1 })).toEqual([]);
  });

  it("keeps its settings in the durable, and the last one to say something changes them", async () => {
    const [memphis, connection] = await Promise.all([stage.memphis(), stage.connect()]);
    const stationName = stage.station();
    const config = async (): Promise<object> => {
      const operation = `CONSUMER.INFO.${stationName}$1.g`;
      return (await connection.jetStream.request<{ config: object }>(operation)).config;
    };
    const group = { stationName, consumerGroup: "g" };
    await memphis.consumer({ ...group, consumerName: "c1" });
    expect(await config()).toMatchObject({
      ...{ durable_name: "g", deliver_policy: "all", ack_policy: "explicit", ack_wait: 30_000_000_000 },
      ...{ max_deliver: 2, max_ack_pending: -1, filter_subject: `${stationName}$1.final`, replay_policy: "instant" },
    });
    await memphis.consumer({ ...group, consumerName: "c2", maxAckTimeMs: 5_000, maxMsgDeliveries: 7, lastMessages: 0 });
    expect(await config()).toMatchObject({ ack_wait: 5_000_000_000, max_deliver: 7, deliver_policy: "all" });
  });

  it("takes its group's place with it when the last one is destroyed, not before", async () => {
    const [memphis, other, connection] = await Promise.all([stage.memphis(), stage.memphis(), stage.connect()]);
    const stationName = stage.station();
    const group = { stationName, consumerGroup: "g" };
    const info = (): Promise<object> => connection.jetStream.request(`CONSUMER.INFO.${stationName}$1.g`);
    const first = await memphis.consumer({ ...group, consumerName: "c" });
    const second = await other.consumer({ ...group, consumerName: "c" });
    await first.destroy();
    await first.destroy();
    await info();
    await second.destroy();
    await expect(info()).rejects.toThrow(/consumer not found/);
  });

  it("fetches through the connection, which makes a consumer as it goes", async () => {
    const memphis = await stage.memphis();
    const stationName = stage.station();
    await produce(memphis, stationName, ["a", "b", "c"]);
    const options = { stationName, consumerName: "c", consumerGroup: "g", batchSize: 2 };
    const messages = [...(await memphis.fetchMessages(options)), ...(await memphis.fetchMessages(options))];
    expect(messages.map(textOf)).toEqual(["a", "b", "c"]);
  });

  it("says why it was refused", async () => {
    const memphis = await stage.memphis();
    const consumer = memphis.consumer({ stationName: stage.station(), consumerName: "c d" });
    await expect(consumer).rejects.toThrow(/Consumer name refused/);
  });
});

describe("a dead letter of a memphis-dev consumer", () => {
  it("is what it gives up, and station-admin lists it and sends it again to the group", async () => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const stationName = stage.station();
    await memphis.station({ name: stationName, partitionsNumber: 2 });
    await memphis.produce({
      ...{ stationName, producerName: "p", message: "bad", headers: { a: "1" }, asyncProduce: false },
      producerPartitionNumber: 2,
    });
    const consumer = await memphis.consumer({ stationName, consumerName: "c", consumerGroup: "g.1" });
    const [message] = await fetchAll(consumer, 1);
    message!.deadLetter("no such customer");
    const [letter] = await vi.waitFor(async () => {
      const found = await letters(admin, stationName);
      expect(found).toHaveLength(1);
      return found;
    }, WAIT);
    expect(letter).toMatchObject({
      ...{
        cause: "rejected",
        reason: "no such customer",
        station: stationName,
        partition: 2,
        sequence: 1,
        group: "g.1",
      },
      headers: { a: "1", $memphis_producedBy: "p" },
    });
    expect(Buffer.from(letter!.data).toString()).toBe("bad");

    await admin.deadLetters(stationName).resend(letter!);
    const [again] = await fetchAll(consumer, 1);
    expect(textOf(again!)).toBe("bad");
    expect(again!.getHeaders()).toMatchObject({ a: "1" });
    again!.ack();
    expect(await letters(admin, stationName)).toEqual([]);
  });

  it("is what it never acknowledges, where the station wants that", async () => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const [kept, notKept] = [stage.station(), stage.station()];
    await memphis.station({ name: kept });
    await memphis.station({ name: notKept, sendPoisonMsgToDls: false });
    for (const stationName of [notKept, kept]) {
      await produce(memphis, stationName, ["poison"]);
      const consumer = await memphis.consumer({
        stationName,
        consumerName: "c",
        maxMsgDeliveries: 2,
        maxAckTimeMs: 1_000,
      });
      await fetchAll(consumer, 2);
      // The server says so when it would deliver the message once more.
      await vi.waitFor(async () => {
        await consumer.fetch({ batchSize: 1 });
        const { num_ack_pending: pending } = await memphis.brokerStats.consumers.info(`${stationName}$1`, "c");
        expect(stationName === kept ? await letters(admin, kept) : [pending]).toHaveLength(1);
      }, WAIT);
    }
    expect(await letters(admin, kept)).toMatchObject([
      {
        cause: "max-deliveries",
        reason: "delivered 2 times and never acknowledged",
        deliveries: 2,
        group: "c",
        sequence: 1,
      },
    ]);
    expect(await letters(admin, notKept)).toEqual([]);
  });

  it("is told as Memphis tells it, in a station that was chosen for that", async () => {
    const memphis = await stage.memphis();
    const [stationName, dlsStation] = [stage.station(), stage.station()];
    await memphis.station({ name: stationName, dlsStation });
    await produce(memphis, stationName, ["bad"]);
    const consumer = await memphis.consumer({ stationName, consumerName: "c" });
    const [message] = await fetchAll(consumer, 1);
    message!.deadLetter("no");
    const dls = await memphis.consumer({ stationName: dlsStation, consumerName: "c" });
    const [letter] = await fetchAll(dls, 1);
    expect(textOf(letter!)).toBe("bad");
    expect(letter!.getHeaders()).toMatchObject({ station: stationName, type: "unacked", "Dead-Letter-Reason": "no" });
  });
});

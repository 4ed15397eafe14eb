import { createStationAdmin, type DeadLetter } from "@stationkit/station-admin";
import { describe, expect, it, vi } from "vitest";
import { createConsumer, DeadLetterError } from "../src/index.js";
import { useBroker } from "./support/broker.js";
import { numbered, publish } from "./support/publish.js";

const broker = useBroker({
  config: {
    authorization: {
      users: [
        { user: "all", password: "secret" },
        { user: "some", password: "secret", permissions: { publish: { deny: ["*.final"], allow: [">"] } } },
      ],
    },
  },
});
const all = { username: "all", password: "secret" };
const WAIT = 20_000;

async function listed(letters: AsyncIterable<DeadLetter>): Promise<DeadLetter[]> {
  const list: DeadLetter[] = [];
  for await (const letter of letters) list.push(letter);
  return list;
}

describe("a dead letter", () => {
  it("holds the message with its headers and its story, and takes it from the group", async () => {
    const connection = await broker.connect(all);
    const stationName = broker.station();
    const consumer = await createConsumer(connection, {
      ...{ stationName, consumerName: "c", consumerGroup: "g" },
      station: { partitions: 2 },
      ackTimeoutMs: 500,
    });
    const notices = vi.fn();
    consumer.on("message-dead-lettered", notices);
    const headerLines = "a: 1\r\na: 2\r\nNats-Msg-Id: m1\r\n";
    await connection.request(`${stationName}$2.final`, "payload", { headerLines });
    const [message] = await consumer.fetch({ batchSize: 1 });
    await message!.deadLetter("no such\r\ncustomer");
    expect(message!.isAnswered).toBe(true);
    const place = { station: stationName, partition: 2, sequence: 1, deliveries: 1, cause: "rejected" };
    expect(notices).toHaveBeenCalledWith({ ...place, reason: "no such\r\ncustomer", dlsStation: `${stationName}.dls` });
    const letters = createStationAdmin(connection).deadLetters(stationName);
    expect(await letters.dlsStation()).toBe(`${stationName}.dls`);
    const [letter, ...others] = await listed(letters.list());
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ ...place, reason: "no such customer", group: "g", consumer: "c" });
    expect(letter!.headers).toEqual({ a: ["1", "2"], "Dead-Letter-Original-Nats-Msg-Id": "m1" });
    expect(Buffer.from(letter!.data).toString()).toBe("payload");
    expect(Math.abs(Date.now() - letter!.deadLetteredAt.getTime())).toBeLessThan(60_000);
    expect(await consumer.fetch({ batchSize: 1, maxWaitMs: 1_000 })).toEqual([]);
    expect(await consumer.lag()).toMatchObject([{ pending: 0 }, { pending: 0, inFlight: 0 }]);
  });

  it("is the only answer of a message, also before it is stored", async () => {
    const connection = await broker.connect(all);
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c" });
    const buried = vi.fn();
    consumer.on("message-dead-lettered", buried);
    consumer.on("handler-failed", () => undefined);
    const seen: string[] = [];
    consumer.on("message", (message) => {
      seen.push(message.text());
      void message.deadLetter("why");
      if (message.text() === "fails") throw new Error("cannot");
      if (message.text() === "acked") void message.ack();
      else void message.deadLetter("why, again");
    });
    await publish(connection, { station: stationName }, ["fails", "acked", "twice"]);
    await vi.waitFor(async () => {
      expect(buried).toHaveBeenCalledTimes(3);
      expect(await consumer.lag()).toMatchObject([{ pending: 0, inFlight: 0 }]);
    }, WAIT);
    await consumer.close();
    expect(seen).toEqual(["fails", "acked", "twice"]);
    expect(buried).toHaveBeenCalledTimes(3);
    const letters = await listed(createStationAdmin(connection).deadLetters(stationName).list());
    expect(letters.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  it("is what a message becomes that nobody acknowledges, also when those who got it last are gone", async () => {
    const connection = await broker.connect(all);
    const stationName = broker.station();
    const options = { stationName, consumerGroup: "g", ackTimeoutMs: 300, maxDeliveries: 2 };
    const first = await broker.connect(all);
    const member = await createConsumer(first, { ...options, consumerName: "1" });
    await publish(connection, { station: stationName }, ["good", "poison"]);
    const texts: string[] = [];
    // Killed with its last delivery in hand.
    for await (const message of member) {
      texts.push(`${message.text()} ${message.deliveries}`);
      if (message.text() === "good") await message.ack();
      if (texts.length === 3) {
        await first.natsConnection.close();
        break;
      }
    }
    expect(texts).toEqual(["good 1", "poison 1", "poison 2"]);
    const other = await createConsumer(connection, { ...options, consumerName: "2" });
    const seen: string[] = [];
    other.on("message", (message) => {
      seen.push(message.text());
    });
    const letters = createStationAdmin(connection).deadLetters(stationName);
    await vi.waitFor(async () => {
      expect(await listed(letters.list())).toMatchObject([
        {
          cause: "max-deliveries",
          reason: "delivered 2 times, and never acknowledged",
          deliveries: 3,
          sequence: 2,
          consumer: "2",
        },
      ]);
    }, WAIT);
    expect(seen).toEqual([]);
    expect(await other.lag()).toMatchObject([{ pending: 0, inFlight: 0 }]);
  });

  it("goes to the station's own dead-letter station, where it is told from those of others", async () => {
    const connection = await broker.connect(all);
    const admin = createStationAdmin(connection);
    const dlsStation = broker.station();
    for (const name of [broker.station(), broker.station()]) {
      await admin.create({ name, dlsStation });
      await publish(connection, { station: name }, ["x"]);
      for (const consumerName of ["g1", "g2"]) {
        const consumer = await createConsumer(connection, { stationName: name, consumerName });
        await (await consumer.fetch({ batchSize: 1 }))[0]!.deadLetter(consumerName);
      }
      const letters = admin.deadLetters(name);
      expect(await letters.dlsStation()).toBe(dlsStation);
      expect((await listed(letters.list())).map(({ reason }) => reason)).toEqual(["g1", "g2"]);
      expect(await listed(letters.list({ consumerGroup: "g2" }))).toMatchObject([{ station: name, group: "g2" }]);
    }
    expect((await admin.describe(dlsStation)).totals.messages).toBe(4);
  });

  it("is sent again to its group alone, once, and may be dropped", async () => {
    const connection = await broker.connect(all);
    const stationName = broker.station();
    const admin = createStationAdmin(connection);
    const seen = new Map<string, string[]>();
    for (const consumerName of ["one", "other"]) {
      const consumer = await createConsumer(connection, { stationName, consumerName });
      const texts: string[] = [];
      seen.set(consumerName, texts);
      consumer.on("message", async (message) => {
        texts.push(message.text());
        const isNew = message.sequence <= 3;
        if (consumerName === "one" && isNew) await message.deadLetter("not now");
        else await message.ack();
      });
    }
    await publish(connection, { station: stationName }, numbered(3));
    const letters = admin.deadLetters(stationName);
    await vi.waitFor(async () => {
      expect(await listed(letters.list())).toHaveLength(3);
      expect(seen.get("other")).toEqual(["0", "1", "2"]);
    }, WAIT);
    const [first, second, third] = await listed(letters.list());
    await letters.resend(first!);
    await letters.resend(first!);
    await letters.drop(second!);
    await letters.drop(second!);
    await vi.waitFor(() => {
      expect(seen.get("one")).toEqual(["0", "1", "2", "0"]);
    }, WAIT);
    expect((await listed(letters.list())).map(({ sequence }) => sequence)).toEqual([3]);
    await letters.resend(third!);
    await publish(connection, { station: stationName }, ["after"]);
    await vi.waitFor(() => {
      expect(seen.get("one")).toEqual(["0", "1", "2", "0", "2", "after"]);
      expect(seen.get("other")).toEqual(["0", "1", "2", "after"]);
    }, WAIT);
  });

  it("cannot be sent again to a group that is no more", async () => {
    const connection = await broker.connect(all);
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c" });
    await publish(connection, { station: stationName }, ["x"]);
    await (await consumer.fetch({ batchSize: 1 }))[0]!.deadLetter("x");
    await consumer.close();
    await connection.jetStream.request(`CONSUMER.DELETE.${stationName}$1.c`);
    const letters = createStationAdmin(connection).deadLetters(stationName);
    const [letter] = await listed(letters.list());
    await expect(letters.resend(letter!)).rejects.toMatchObject({ code: "SK_CONSUMER_GROUP_NOT_FOUND", group: "c" });
    expect(await listed(letters.list())).toHaveLength(1);
  });

  it("for which there is no room is told of soon, and stored once when there is", async () => {
    const connection = await broker.connect(all);
    const stationName = broker.station();
    const dlsStation = broker.station();
    const admin = createStationAdmin(connection);
    await admin.create({ name: dlsStation, retention: { type: "messages", maxMessages: 1 }, discard: "new" });
    await publish(connection, { station: dlsStation }, ["in the way"]);
    const consumer = await createConsumer(connection, {
      ...{ stationName, consumerName: "c", station: { dlsStation }, ackTimeoutMs: 300, maxDeliveries: 1 },
    });
    const failed: unknown[] = [];
    const buried = vi.fn();
    consumer.on("dead-letter-failed", (error) => failed.push(error));
    consumer.on("message-dead-lettered", buried);
    await publish(connection, { station: stationName }, ["m"]);
    const startedAt = performance.now();
    consumer.on("message", () => undefined);
    await vi.waitFor(() => {
      expect(failed).toMatchObject([{ code: "SK_DEAD_LETTER", cause: { code: "SK_STATION_FULL" } }]);
    }, WAIT);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await admin.purge(dlsStation);
    await vi.waitFor(() => {
      expect(buried).toHaveBeenCalled();
    }, WAIT);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(buried).toHaveBeenCalledOnce();
    expect(await listed(admin.deadLetters(stationName).list())).toHaveLength(1);
  });

  it("that cannot be stored leaves the message with its group, and says so", async () => {
    const admin = createStationAdmin(await broker.connect(all));
    const stationName = broker.station();
    await admin.create({ name: stationName });
    await publish(await broker.connect(all), { station: stationName }, ["x"]);
    const connection = await broker.connect({ username: "some", password: "secret" });
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", ackTimeoutMs: 500 });
    const [message] = await consumer.fetch({ batchSize: 1 });
    const refused = message!.deadLetter("x");
    await expect(refused).rejects.toBeInstanceOf(DeadLetterError);
    await expect(refused).rejects.toMatchObject({ sequence: 1, cause: { code: "SK_PERMISSION_DENIED" } });
    const [again] = await consumer.fetch({ batchSize: 1, maxWaitMs: WAIT });
    expect(again).toMatchObject({ deliveries: 2 });
    await again!.ack();
  });
});

describe("a handler that fails", () => {
  it("gives its message back, is told of, and leads to a dead letter in the end", async () => {
    const connection = await broker.connect(all);
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", maxDeliveries: 3 });
    const failures: [string, number][] = [];
    consumer.on("handler-failed", (error, message) => failures.push([(error as Error).message, message.deliveries]));
    const buried = vi.fn();
    consumer.on("message-dead-lettered", buried);
    const good: string[] = [];
    consumer.on("message", async (message) => {
      if (message.text() === "bad") throw new Error("cannot");
      good.push(message.text());
      await message.ack();
    });
    await publish(connection, { station: stationName }, ["0", "bad", "1"]);
    await vi.waitFor(() => {
      expect(buried).toHaveBeenCalledTimes(1);
    }, WAIT);
    expect(failures).toEqual([1, 2, 3].map((deliveries) => ["cannot", deliveries]));
    expect(good).toEqual(["0", "1"]);
  });

  it("is an error of the program when nobody is told, whoever was taken off before", async () => {
    const connection = await broker.connect(all);
    const stationName = broker.station();
    const consumer = await createConsumer(connection, { stationName, consumerName: "c", maxDeliveries: 3 });
    const told = vi.fn();
    const surfaced: unknown[] = [];
    const { queueMicrotask } = globalThis;
    vi.stubGlobal("queueMicrotask", (callback: () => void) => {
      queueMicrotask(() => {
        try {
          callback();
        } catch (error) {
          surfaced.push(error);
        }
      });
    });
    consumer.off("handler-failed", told);
    consumer.on("handler-failed", told);
    consumer.on("message", ({ deliveries }) => {
      if (deliveries === 2) consumer.off("handler-failed", told);
      throw new Error("cannot");
    });
    await publish(connection, { station: stationName }, ["0"]);
    await vi.waitFor(() => {
      expect(surfaced).toEqual([new Error("cannot"), new Error("cannot")]);
    }, WAIT);
    expect(told).toHaveBeenCalledTimes(1);
  });
});

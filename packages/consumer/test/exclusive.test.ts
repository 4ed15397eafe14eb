import { findBinary } from "@stationkit/embedded-nats";
import { createStationAdmin } from "@stationkit/station-admin";
import { describe, expect, it, vi } from "vitest";
import type { DurableInfo } from "../src/engine/durable-config.js";
import { type Consumer, type ConsumerMessage, createConsumer } from "../src/index.js";
import { useBroker } from "./support/broker.js";
import { numbered, publish } from "./support/publish.js";

const { version } = await findBinary();
const isTooOld = version.startsWith("2.10.");
if (isTooOld) console.warn(`nats-server ${version} has no exclusive groups: their scenarios are skipped`);

const broker = useBroker();
const WAIT = 30_000;

interface Seen {
  readonly member: string;
  readonly partition: number;
  readonly number: number;
}

/** A member that takes down what it gets, and answers it after a moment. */
function follow(consumer: Consumer, seen: Seen[], delayMs = 0): void {
  consumer.on("message", async (message) => {
    seen.push({ member: consumer.consumerName, partition: message.partition, number: Number(message.text()) });
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    await message.ack();
  });
}

/** The messages of a partition in the order in which each was first seen. */
function firstSeen(seen: readonly Seen[], partition: number): number[] {
  return [...new Set(seen.filter((one) => one.partition === partition).map(({ number }) => number))];
}

const sorted = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe.skipIf(isTooOld)("an exclusive group", () => {
  it("is one on every partition, also where its first member has read one alone", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    await createStationAdmin(connection).create({ name: stationName, partitions: 3 });
    const options = { stationName, consumerGroup: "g" };
    const settings = { partitions: "exclusive", ackTimeoutMs: 5_000, maxDeliveries: 3 } as const;
    await createConsumer(connection, { ...options, consumerName: "1", partitionNumber: 2, ...settings });
    await createConsumer(connection, { ...options, consumerName: "2" });
    for (const partitionNumber of [1, 2, 3]) {
      await createConsumer(connection, { ...options, consumerName: "3", partitionNumber, ...settings });
    }
  });

  it("gives each partition to one member, and shares them out anew when members come and go", async () => {
    const stationName = broker.station();
    const admin = createStationAdmin(await broker.connect());
    await admin.create({ name: stationName, partitions: 4 });
    const seen: Seen[] = [];
    const holders = new Map<number, string>();
    const join = async (consumerName: string): Promise<Consumer> => {
      const connection = await broker.connect();
      const options = {
        stationName,
        consumerName,
        consumerGroup: "g",
        partitions: "exclusive",
        ackTimeoutMs: 2_000,
      } as const;
      const consumer = await createConsumer(connection, options);
      consumer.on("partition-assigned", ({ partition }) => holders.set(partition, consumerName));
      follow(consumer, seen);
      return consumer;
    };
    const producer = await broker.connect();
    let produced = 0;
    const isProducing = { value: true };
    const producing = (async () => {
      for (; isProducing.value; produced++) {
        for (const partition of [1, 2, 3, 4])
          await publish(producer, { station: stationName, partition }, [`${produced}`]);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const shares = (): number[] => {
      const counts = new Map<string, number>();
      for (const holder of holders.values()) counts.set(holder, (counts.get(holder) ?? 0) + 1);
      return [...counts.values()].sort();
    };
    const first = await join("1");
    await vi.waitFor(() => {
      expect(shares()).toEqual([4]);
    }, WAIT);
    const second = await join("2");
    await vi.waitFor(() => {
      expect(shares()).toEqual([2, 2]);
    }, WAIT);
    await first.close();
    await vi.waitFor(() => {
      expect([...holders.values()]).toEqual(["2", "2", "2", "2"]);
    }, WAIT);
    isProducing.value = false;
    await producing;
    await vi.waitFor(() => {
      for (const partition of [1, 2, 3, 4]) expect(firstSeen(seen, partition)).toEqual(sorted(produced));
    }, WAIT);
    await second.close();
  });

  it("keeps the order of a partition when the member that holds it dies with messages in hand", async () => {
    const stationName = broker.station();
    const connection = await broker.connect();
    await createStationAdmin(connection).create({ name: stationName });
    const seen: Seen[] = [];
    const options = { stationName, consumerGroup: "g", partitions: "exclusive", ackTimeoutMs: 1_500 } as const;
    const doomedConnection = await broker.connect();
    const doomed = await createConsumer(doomedConnection, {
      ...options,
      consumerName: "doomed",
      maxPrefetchMessages: 20,
    });
    const next = await createConsumer(connection, { ...options, consumerName: "next" });
    const holder = new Promise<string>((resolve) => {
      for (const consumer of [doomed, next]) {
        consumer.on("partition-assigned", () => {
          resolve(consumer.consumerName);
        });
      }
    });
    // Its sixth message is the one that it dies of.
    doomed.on("message", async (message) => {
      const number = Number(message.text());
      if (number === 5) return new Promise(() => undefined);
      seen.push({ member: "doomed", partition: 1, number });
      await message.ack();
      return undefined;
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await publish(connection, { station: stationName }, numbered(300));
    expect(await holder).toBe("doomed");
    await vi.waitFor(() => {
      expect(seen).toHaveLength(5);
    }, WAIT);
    follow(next, seen);
    await doomedConnection.natsConnection.close();
    await vi.waitFor(() => {
      expect(firstSeen(seen, 1)).toEqual(sorted(300));
    }, WAIT);
    expect(
      firstSeen(
        seen.filter(({ member }) => member === "next"),
        1,
      ),
    ).toEqual(sorted(300).slice(5));
  });

  it("is held on to by a member that is slow, or has nothing to do", async () => {
    const stationName = broker.station();
    const connection = await broker.connect();
    const options = { stationName, consumerGroup: "g", partitions: "exclusive", ackTimeoutMs: 30_000 } as const;
    const holder = await createConsumer(connection, { ...options, consumerName: "1", maxPrefetchMessages: 2 });
    const told: string[] = [];
    holder.on("partition-assigned", () => told.push("assigned"));
    holder.on("partition-revoked", () => told.push("revoked"));
    await publish(connection, { station: stationName }, numbered(4));
    const seen: string[] = [];
    for await (const message of holder) {
      seen.push(message.text());
      // Longer than the server waits for a sign of life.
      if (seen.length === 1) await new Promise((resolve) => setTimeout(resolve, 11_000));
      await message.ack();
      if (seen.length === 4) {
        await new Promise((resolve) => setTimeout(resolve, 11_000));
        expect(told).toEqual(["assigned"]);
        break;
      }
    }
    expect(seen).toEqual(["0", "1", "2", "3"]);
    expect(told).toEqual(["assigned", "revoked"]);
  });

  it("is read on by the next loop or listener of a member, at once after the one before was left", async () => {
    const stationName = broker.station();
    const connection = await broker.connect();
    const consumer = await createConsumer(connection, { stationName, consumerName: "1", partitions: "exclusive" });
    const texts: string[] = [];
    const iterate = async (count: number): Promise<void> => {
      for await (const message of consumer) {
        texts.push(message.text());
        await message.ack();
        if (texts.length === count) break;
      }
    };
    const listen = (count: number): Promise<void> =>
      new Promise((resolve) => {
        const listener = (message: ConsumerMessage): void => {
          texts.push(message.text());
          void message.ack();
          if (texts.length !== count) return;
          consumer.off("message", listener);
          resolve();
        };
        consumer.on("message", listener);
      });
    let produced = 0;
    for (const read of [iterate, iterate, listen, listen]) {
      const reading = read(produced + 2);
      // Nothing of it was here before the reading began.
      await publish(connection, { station: stationName }, [`${produced}`, `${produced + 1}`]);
      produced += 2;
      await reading;
    }
    expect(texts).toEqual(numbered(8));
  });

  it("is another's as soon as a member is closed right after its last loop", async () => {
    const stationName = broker.station();
    const watching = await broker.connect();
    const connection = await broker.connect();
    const consumer = await createConsumer(connection, { stationName, consumerName: "1", partitions: "exclusive" });
    await publish(watching, { station: stationName }, ["x"]);
    for await (const message of consumer) {
      await message.ack();
      break;
    }
    await consumer.close();
    await connection.close();
    const info = await watching.jetStream.request<DurableInfo>(`CONSUMER.INFO.${stationName}$1.1`);
    expect(info.priority_groups?.map(({ pinned_client_id }) => pinned_client_id ?? "")).toEqual([""]);
  });

  it("keeps the order for a member that comes back, whatever it and others left unanswered", async () => {
    const stationName = broker.station();
    const connection = await broker.connect();
    const options = { stationName, consumerGroup: "g", partitions: "exclusive", ackTimeoutMs: 1_000 } as const;
    // Of a partition that is asked for by number no member waits for the others.
    const members = { ...options, partitionNumber: 1 };
    const first = await createConsumer(connection, { ...members, consumerName: "1" });
    const second = await createConsumer(await broker.connect(), { ...members, consumerName: "2" });
    const texts: string[] = [];
    await publish(connection, { station: stationName }, ["0"]);
    for await (const message of first) {
      texts.push(message.text());
      break;
    }
    for await (const message of second) {
      texts.push(message.text());
      if (message.text() === "1") break;
      await message.ack({ confirmed: true });
      await publish(connection, { station: stationName }, ["1", "2"]);
    }
    for await (const message of first) {
      texts.push(message.text());
      await message.ack();
      if (texts.length === 5) break;
    }
    expect(texts).toEqual(["0", "0", "1", "1", "2"]);
  });

  it("is left to others by a member that fetches no more, until it does", async () => {
    const stationName = broker.station();
    const producer = await broker.connect();
    await createStationAdmin(producer).create({ name: stationName, partitions: 4 });
    const partitions = [1, 2, 3, 4];
    const produce = async (texts: string[]): Promise<void> => {
      for (const partition of partitions) await publish(producer, { station: stationName, partition }, texts);
    };
    const options = { stationName, consumerGroup: "g", partitions: "exclusive", ackTimeoutMs: 1_000 } as const;
    const first = await createConsumer(await broker.connect(), { ...options, consumerName: "1" });
    const fetchOne = async (): Promise<void> => {
      const [message] = await first.fetch({ batchSize: 1, maxWaitMs: WAIT });
      await message!.ack();
    };
    await produce(numbered(5));
    await fetchOne();
    await fetchOne();
    const second = await createConsumer(await broker.connect(), { ...options, consumerName: "2" });
    const seen: Seen[] = [];
    follow(second, seen);
    await vi.waitFor(() => {
      expect(partitions.flatMap((partition) => firstSeen(seen, partition))).toHaveLength(18);
    }, 10_000);
    for (const partition of partitions) {
      const numbers = firstSeen(seen, partition);
      expect(numbers).toEqual(sorted(5).slice(5 - numbers.length));
    }
    await second.close();
    await produce(["5"]);
    await fetchOne();
  });

  it("does not keep a partition that is to be another's waiting for a fetch that has some of it", async () => {
    const stationName = broker.station();
    const admin = createStationAdmin(await broker.connect());
    await admin.create({ name: stationName, partitions: 2 });
    const options = { stationName, consumerGroup: "g", partitions: "exclusive" } as const;
    const producer = await broker.connect();
    for (const partition of [1, 2]) await publish(producer, { station: stationName, partition }, [`${partition}`]);
    const first = await createConsumer(await broker.connect(), { ...options, consumerName: "1" });
    const fetched = first.fetch({ batchSize: 10, maxWaitMs: WAIT });
    await vi.waitFor(async () => {
      expect((await first.lag()).map(({ inFlight }) => inFlight)).toEqual([1, 1]);
    }, WAIT);
    const second = await createConsumer(await broker.connect(), { ...options, consumerName: "2" });
    const seen: Seen[] = [];
    follow(second, seen);
    await vi.waitFor(() => {
      expect(seen).toHaveLength(1);
    }, 10_000);
    void first.close();
    const messages = await fetched;
    expect([...messages, ...seen].map(({ partition }) => partition).sort()).toEqual([1, 2]);
    for (const message of messages) await message.ack();
  });

  it("is fetched from as well, and told from a shared one", async () => {
    const stationName = broker.station();
    const connection = await broker.connect();
    const options = { stationName, consumerGroup: "g" } as const;
    const consumer = await createConsumer(connection, { ...options, consumerName: "1", partitions: "exclusive" });
    await publish(connection, { station: stationName }, numbered(10));
    const messages = await consumer.fetch({ batchSize: 10, maxWaitMs: WAIT });
    expect(messages.map((message) => message.text())).toEqual(numbered(10));
    for (const message of messages) await message.ack();
    const refused = createConsumer(connection, { ...options, consumerName: "2", partitions: "shared" });
    await expect(refused).rejects.toMatchObject({ differences: [{ setting: "partitions", existing: "exclusive" }] });
    await consumer.close();
    const adopting = await createConsumer(connection, { ...options, consumerName: "3" });
    await publish(connection, { station: stationName }, ["more"]);
    const [more] = await adopting.fetch({ batchSize: 1, maxWaitMs: WAIT });
    expect(more!.text()).toBe("more");
    await more!.ack();
  });
});

describe.runIf(isTooOld)("an exclusive group on an older server", () => {
  it("is refused before anything is made", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const refused = createConsumer(connection, { stationName, consumerName: "c", partitions: "exclusive" });
    await expect(refused).rejects.toMatchObject({ code: "SK_SERVER_TOO_OLD", requiredVersion: "2.11.0" });
    await expect(createStationAdmin(connection).describe(stationName)).rejects.toMatchObject({
      code: "SK_STATION_NOT_FOUND",
    });
  });
});

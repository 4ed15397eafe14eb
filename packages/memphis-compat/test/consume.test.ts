import { createConsumer } from "@stationkit/consumer";
import { partitionStream, parseStationName, StationNotFoundError } from "@stationkit/core-protocol";
import { serveMemphis } from "@stationkit/memphis-bridge";
import { type Consumer, type ConsumerOptions, type Memphis, type Message } from "@stationkit/memphis-compat";
import { createStationAdmin, type DeadLetter } from "@stationkit/station-admin";
import { rejection } from "@stationkit/test-kit/vitest";
import { describe, expect, it, vi } from "vitest";
import { useCompatBroker } from "./support/compat.js";

const broker = useCompatBroker();
const WAIT = 20_000;

interface Stage {
  readonly memphis: Memphis;
  readonly stationName: string;
  readonly send: (...messages: string[]) => Promise<void>;
  readonly consumer: (options?: Partial<ConsumerOptions>) => Promise<Consumer>;
}

async function stage(partitionsNumber = 1): Promise<Stage> {
  const memphis = await broker.memphis();
  const stationName = broker.station();
  await memphis.station({ name: stationName, partitionsNumber });
  const producer = await memphis.producer({ stationName, producerName: "p" });
  return {
    memphis,
    stationName,
    async send(...messages) {
      for (const message of messages) await producer.produce({ message, asyncProduce: false });
    },
    consumer: (options) => memphis.consumer({ stationName, consumerName: "c", ...options }),
  };
}

const texts = (messages: readonly Message[]): string[] => messages.map((message) => message.getData().toString());

/** What the server knows of a group on a partition. */
async function group(stationName: string, name: string, partition = 1): Promise<unknown> {
  const stream = partitionStream(parseStationName(stationName), partition);
  return broker.connection.jetStream.request(`CONSUMER.INFO.${stream}.${name}`);
}

async function deadLetters(stationName: string): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const letter of createStationAdmin(broker.connection).deadLetters(stationName).list())
    letters.push(letter);
  return letters;
}

describe("a fetch", () => {
  it("takes from all partitions at once, and ends when the batch is full", async () => {
    const { send, consumer } = await stage(3);
    const reader = await consumer({ batchMaxTimeToWaitMs: WAIT });
    await send("1", "2", "3", "4");
    expect(texts(await reader.fetch({ batchSize: 4 })).sort()).toEqual(["1", "2", "3", "4"]);
  });

  it("does not make a station again that was destroyed elsewhere", async () => {
    const { stationName, consumer } = await stage(2);
    const reader = await consumer({ batchMaxTimeToWaitMs: 50 });
    await createStationAdmin(broker.connection).destroy(stationName);
    for (const asked of [{ consumerPartitionNumber: 2 }, { consumerPartitionKey: "k" }]) {
      expect(await rejection(reader.fetch(asked))).toBeInstanceOf(StationNotFoundError);
    }
    await reader.fetch();
    expect(await rejection(createStationAdmin(broker.connection).describe(stationName))).toBeInstanceOf(
      StationNotFoundError,
    );
  });

  it("waits no longer than batchMaxTimeToWaitMs, also when that is less than memphis-dev's second", async () => {
    const { consumer } = await stage();
    const reader = await consumer({ batchMaxTimeToWaitMs: 50 });
    // On a loaded machine one of a few tries is quick enough to tell.
    await vi.waitFor(async () => {
      const startedAt = performance.now();
      expect(await reader.fetch()).toEqual([]);
      expect(performance.now() - startedAt).toBeLessThan(900);
    }, WAIT);
  });

  it("may choose a partition by number or key, and otherwise reads what its consumer was made for", async () => {
    const { send, consumer } = await stage(3);
    await send("1", "2", "3", "4", "5", "6");
    const reader = await consumer({ consumerPartitionNumber: 3 });
    expect(texts(await reader.fetch({ batchSize: 1 }))).toEqual(["3"]);
    expect(texts(await reader.fetch({ batchSize: 1, consumerPartitionNumber: 2 }))).toEqual(["2"]);
    // On 3 partitions, "a" is on the first.
    expect(texts(await reader.fetch({ batchSize: 1, consumerPartitionKey: "a" }))).toEqual(["1"]);
    const both = reader.fetch({ consumerPartitionKey: "a", consumerPartitionNumber: 1 });
    expect(await rejection(both)).toMatchObject({ code: "SK_USAGE" });
    expect(await rejection(reader.fetch({ consumerPartitionNumber: 4 }))).toMatchObject({ code: "SK_USAGE" });
    expect(await rejection(reader.fetch({ batchSize: 5_001 }))).toMatchObject({ code: "SK_USAGE" });
  });

  it("by fetchMessages goes on where the consumer of that name is", async () => {
    const { memphis, stationName, send } = await stage();
    await send("1", "2", "3");
    const names = { stationName, consumerName: "C", batchSize: 1 };
    for (const text of ["1", "2", "3"]) expect(texts(await memphis.fetchMessages(names))).toEqual([text]);
    expect(await createStationAdmin(broker.connection).describe(stationName)).toMatchObject({
      partitions: [{ consumers: 1 }],
    });
  });
});

describe("a new group", () => {
  it.each<[Partial<ConsumerOptions>, string[]]>([
    [{}, ["1", "2", "3", "late"]],
    [{ startConsumeFromSequence: 2 }, ["2", "3", "late"]],
    [{ lastMessages: 1 }, ["3", "late"]],
    [{ lastMessages: 0 }, ["late"]],
  ])("made with %j begins there", async (options, expected) => {
    const { send, consumer } = await stage();
    await send("1", "2", "3");
    const reader = await consumer({ batchMaxTimeToWaitMs: WAIT, ...options });
    await send("late");
    expect(texts(await reader.fetch({ batchSize: expected.length }))).toEqual(expected);
  });

  it("gets the settings of its newest member, as a Memphis broker does it", async () => {
    const { stationName, consumer } = await stage(2);
    await consumer({ consumerGroup: "g" });
    await consumer({ consumerGroup: "g", maxAckTimeMs: 5_000, maxMsgDeliveries: 4 });
    for (const partition of [1, 2]) {
      expect(await group(stationName, "g", partition)).toMatchObject({
        config: { ack_wait: 5_000_000_000, metadata: { "stationkit.max-deliveries": "4" } },
      });
    }
  });
});

describe("a listener", () => {
  it("is handed batchSize messages every pullIntervalMs, with the context", async () => {
    const { send, consumer } = await stage();
    await send("1", "2", "3", "4", "5");
    const reader = await consumer({ batchSize: 2, pullIntervalMs: 1_000 });
    reader.setContext({ key: "value" });
    const came: { text: string; at: number; context: object }[] = [];
    reader.on("message", (message, context: object) => {
      came.push({ text: message.getData().toString(), at: performance.now(), context });
      message.ack();
    });
    await vi.waitFor(() => {
      expect(came.map(({ text }) => text)).toEqual(["1", "2", "3", "4", "5"]);
    }, WAIT);
    expect(came[0]!.context).toEqual({ key: "value" });
    expect(came[2]!.at - came[1]!.at).toBeGreaterThan(300);
    expect(came[4]!.at - came[3]!.at).toBeGreaterThan(300);
  });

  it("that throws or rejects is told of, and its message comes again", async () => {
    const { send, consumer } = await stage();
    const reader = await consumer({
      maxAckTimeMs: 300,
      maxMsgDeliveries: 10,
      pullIntervalMs: 50,
      batchMaxTimeToWaitMs: 200,
    });
    const errors: string[] = [];
    reader.on("error", (error) => errors.push(error.message));
    let calls = 0;
    reader.on("message", (message) => {
      calls++;
      if (calls === 1) throw new Error("thrown");
      if (calls === 2) return Promise.reject(new Error("rejected"));
      message.ack();
      return undefined;
    });
    await send("m");
    await vi.waitFor(() => {
      expect(errors).toEqual(["thrown", "rejected"]);
      expect(calls).toBe(3);
    }, WAIT);
  });

  it("gets nothing after stop, and the rest when it listens again", async () => {
    const { send, consumer } = await stage();
    const reader = await consumer({ batchSize: 1, pullIntervalMs: 50, batchMaxTimeToWaitMs: 50, maxMsgDeliveries: 10 });
    const came: string[] = [];
    const listener = (message: Message): void => {
      came.push(message.getData().toString());
      message.ack();
    };
    reader.on("message", listener);
    await send("1");
    await vi.waitFor(() => {
      expect(came).toEqual(["1"]);
    }, WAIT);
    reader.stop();
    await send("2");
    const other = await consumer({ consumerName: "other", consumerGroup: "c", batchMaxTimeToWaitMs: WAIT });
    const [message] = await other.fetch({ batchSize: 1 });
    expect(message!.getData().toString()).toBe("2");
    expect(came).toEqual(["1"]);
  });

  it("hears of a station that is gone", async () => {
    const { stationName, consumer } = await stage();
    const reader = await consumer({ pullIntervalMs: 50, batchMaxTimeToWaitMs: 200 });
    const errors: string[] = [];
    reader.on("error", (error) => errors.push(error.name));
    reader.on("message", () => undefined);
    await createStationAdmin(broker.connection).destroy(stationName);
    await vi.waitFor(() => {
      expect(errors).toContain("StationNotFoundError");
    }, WAIT);
  });

  it("gets a batch that is not full by the time of its next pull", async () => {
    const { send, consumer } = await stage();
    const reader = await consumer({ pullIntervalMs: 100, batchMaxTimeToWaitMs: WAIT });
    const came: Message[] = [];
    reader.on("message", (message) => {
      came.push(message);
      message.ack();
    });
    for (const message of ["1", "2", "3"]) {
      const startedAt = performance.now();
      await send(message);
      await vi.waitFor(() => {
        expect(texts(came)).toContain(message);
      }, WAIT);
      expect(performance.now() - startedAt).toBeLessThan(WAIT / 4);
    }
  });

  it("is for message or error", async () => {
    const { consumer } = await stage();
    const reader = await consumer();
    expect(() => {
      reader.on("end" as "error", () => undefined);
    }).toThrow("a consumer has no event end, only message and error");
  });
});

describe("an answer", () => {
  it("is as many deliveries as were asked for, then a dead letter", async () => {
    const { stationName, send, consumer } = await stage();
    await send("poison");
    const reader = await consumer({ maxAckTimeMs: 200, maxMsgDeliveries: 2, batchMaxTimeToWaitMs: 3_000 });
    expect(texts(await reader.fetch({ batchSize: 1 }))).toEqual(["poison"]);
    expect(texts(await reader.fetch({ batchSize: 1 }))).toEqual(["poison"]);
    expect(await reader.fetch({ batchSize: 1 })).toEqual([]);
    await vi.waitFor(async () => {
      expect(await deadLetters(stationName)).toMatchObject([{ cause: "max-deliveries", group: "c", sequence: 1 }]);
    }, WAIT);
  });

  it("goes to the station for dead letters that was named", async () => {
    const memphis = await broker.memphis();
    const [name, dlsStation] = [broker.station(), broker.station()];
    await memphis.station({ name, dlsStation });
    await memphis.produce({ stationName: name, producerName: "p", message: "m", asyncProduce: false });
    const [message] = await memphis.fetchMessages({ stationName: name, consumerName: "c", batchSize: 1 });
    message!.deadLetter("of no use");
    const [letter] = await memphis.fetchMessages({
      ...{ stationName: dlsStation, consumerName: "c", batchSize: 1, batchMaxTimeToWaitMs: WAIT },
    });
    expect(letter!.getData().toString()).toBe("m");
    expect(letter!.getHeaders()).toMatchObject({ "Dead-Letter-Reason": "of no use", "Dead-Letter-Station": name });
  });

  it("counts once, and delays by milliseconds", async () => {
    const { send, consumer } = await stage();
    await send("m");
    const reader = await consumer({ maxMsgDeliveries: 10, batchMaxTimeToWaitMs: WAIT });
    const [first] = await reader.fetch({ batchSize: 1 });
    first!.delay(500);
    first!.nack();
    const startedAt = performance.now();
    const [second] = await reader.fetch({ batchSize: 1 });
    expect(performance.now() - startedAt).toBeGreaterThan(400);
    expect(() => {
      second!.delay(-1);
    }).toThrow(/delayMs/);
    second!.delay(0);
    const [third] = await reader.fetch({ batchSize: 1 });
    expect(() => third!.getDataAsJson() as unknown).toThrow(/not/);
    third!.ack();
  });
});

describe("a group that another tool has made", () => {
  it("is left as it is when it cannot be read", async () => {
    const { stationName, consumer } = await stage();
    const stream = partitionStream(parseStationName(stationName), 1);
    await broker.connection.jetStream.request(`CONSUMER.DURABLE.CREATE.${stream}.c`, {
      stream_name: stream,
      config: { durable_name: "c", ack_policy: "explicit", ack_wait: 60_000_000_000, max_deliver: 7, max_batch: 3 },
    });
    const refused = await rejection(consumer({ maxAckTimeMs: 5_000 }));
    expect(refused.message).toContain("max_batch is 3, asked for 0");
    expect(await group(stationName, "c")).toMatchObject({ config: { ack_wait: 60_000_000_000, max_deliver: 7 } });
  });
});

describe("destroy", () => {
  it("of the last member takes the group away, and of another leaves it", async () => {
    const { stationName, consumer } = await stage(2);
    const staying = await consumer({
      consumerGroup: "g",
      consumerName: "1",
      pullIntervalMs: 10,
      batchMaxTimeToWaitMs: 5_000,
    });
    staying.on("message", () => undefined);
    await vi.waitFor(async () => {
      expect(await group(stationName, "g")).toMatchObject({ num_waiting: 1 });
    }, WAIT);
    await (await consumer({ consumerGroup: "g", consumerName: "2" })).destroy();
    await group(stationName, "g");
    await staying.destroy();
    for (const partition of [1, 2]) {
      expect(await rejection(group(stationName, "g", partition))).toMatchObject({ serverErrorCode: 10014 });
    }
    expect(await rejection(staying.fetch())).toMatchObject({ code: "SK_CONSUMER_CLOSED" });
  });

  it.each([
    ["that fetches now and then", 1],
    ["of another partition", 2],
  ])("leaves the group to a member %s", async (_which, consumerPartitionNumber) => {
    const { stationName, send, consumer } = await stage(2);
    const staying = await consumer({ consumerGroup: "g", consumerName: "1", batchMaxTimeToWaitMs: 100 });
    await staying.fetch({ consumerPartitionNumber });
    await (await consumer({ consumerGroup: "g", consumerName: "2" })).destroy();
    for (const partition of [1, 2]) await group(stationName, "g", partition);
    await send("1", "2");
    await staying.destroy();
    expect(await rejection(group(stationName, "g"))).toMatchObject({ serverErrorCode: 10014 });
  });

  it("leaves the group to a member of our consumer", async () => {
    const { memphis, stationName, send, consumer } = await stage();
    await send("m");
    const native = await createConsumer(memphis.connection, { stationName, consumerName: "x", consumerGroup: "g" });
    const [message] = await native.fetch({ batchSize: 1 });
    await (await consumer({ consumerGroup: "g", consumerName: "2" })).destroy();
    await message!.ack();
    await vi.waitFor(async () => {
      expect(await group(stationName, "g")).toMatchObject({ ack_floor: { stream_seq: 1 } });
    }, WAIT);
  });

  it("leaves the group to an SDK that a bridge has counted", async () => {
    const { stationName, consumer } = await stage();
    const bridge = await serveMemphis(await broker.connect());
    const counted = await broker.memphis({ controlPlane: "memphis" });
    await counted.consumer({ stationName, consumerName: "sdk", consumerGroup: "g" });
    await (await consumer({ consumerGroup: "g", consumerName: "2" })).destroy();
    await group(stationName, "g");
    await bridge.close();
  });

  it("of a station ends what this connection has of it, and may be called again", async () => {
    const { memphis, stationName, consumer } = await stage();
    const reader = await consumer();
    const station = await memphis.station({ name: stationName });
    await station.destroy();
    await station.destroy();
    expect(await rejection(reader.fetch())).toMatchObject({ code: "SK_CONSUMER_CLOSED" });
    await memphis.produce({ stationName, producerName: "p", message: "makes it again", asyncProduce: false });
    expect(texts(await memphis.fetchMessages({ stationName, consumerName: "c", batchSize: 1 }))).toEqual([
      "makes it again",
    ]);
  });
});

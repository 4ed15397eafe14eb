import { parseStationName, partitionStream, StationNotFoundError } from "@stationkit/core-protocol";
import { startCluster } from "@stationkit/embedded-nats";
import {
  Consumer,
  createMemphisInstance,
  Memphis,
  type Message,
  Message as MessageClass,
  Producer,
} from "@stationkit/memphis-compat";
import { createStationAdmin, type StationDescription } from "@stationkit/station-admin";
import { rejection } from "@stationkit/test-kit/vitest";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectOptions, useCompatBroker } from "./support/compat.js";
import {
  examplesThatNeed,
  type Made,
  misprintsLeft,
  type ReadmeExample,
  runExample,
} from "./support/memphis-readme.js";

const broker = useCompatBroker();

/** What an example finds: everything that those before it in the README have made. */
interface World {
  readonly memphis: Memphis;
  /** Fills `<station-name>`; it holds one message, which is `message`. */
  readonly stationName: string;
  readonly producer: Producer;
  readonly consumer: Consumer;
  readonly message: Message;
}

interface Expectation {
  /** What no other example has in its code. */
  readonly of: string | RegExp;
  readonly happened: (world: World, made: Made) => Promise<void> | void;
}

/** The station of the examples that are functions. */
const MY_STATION = "mystation";
const TEXT = "Uint8Arrays/object/string/DocumentNode graphql";

async function description(name: string): Promise<StationDescription> {
  return createStationAdmin(broker.connection).describe(name);
}

/** Everything in a station, oldest first per partition. */
async function stored(name: string): Promise<{ text: string; headers: Record<string, string> }[]> {
  const reader = await (await broker.memphis()).consumer({ stationName: name, consumerName: "looker" });
  const messages = await reader.fetch({ batchSize: 100 });
  return messages.map((message) => ({ text: message.getData().toString(), headers: message.getHeaders() }));
}

async function redelivered({ consumer }: World): Promise<void> {
  const [again] = await consumer.fetch({ batchSize: 1 });
  expect(again?.getSequenceNumber()).toBe(1);
}

const isConsumer = (_world: World, { consumer }: Made): void => {
  expect(consumer).toBeInstanceOf(Consumer);
};
const isStored = async (): Promise<void> => {
  expect(await stored(MY_STATION)).toEqual([{ text: '{"some":"message"}', headers: {} }]);
};
const hasHeader = async (): Promise<void> => {
  const headers = { trace_header_example: "track_me_123" };
  expect(await stored(MY_STATION)).toEqual([{ text: '{"some":"message"}', headers }]);
};
const exists = async (): Promise<void> => {
  await description(MY_STATION);
};

const EXPECTATIONS: readonly Expectation[] = [
  {
    of: "memphisConnection.close();\n",
    happened: ({ memphis }) =>
      vi.waitFor(() => {
        expect(memphis.isConnected()).toBe(false);
      }, 10_000),
  },
  {
    of: "stationDefault",
    happened: async () => {
      expect(await description(MY_STATION)).toMatchObject({
        partitions: [{ number: 1 }],
        settings: {
          ...{ retention: { type: "age", maxAgeMs: 3_600_000 }, storage: "file", replicas: 1 },
          ...{ idempotencyWindowMs: 120_000, dlsStation: undefined },
        },
      });
    },
  },
  {
    of: "stationRetentionType",
    happened: async () => {
      const { settings } = await description(MY_STATION);
      expect(settings.retention).toEqual({ type: "messages", maxMessages: 3_600 });
    },
  },
  {
    of: "stationMemoryStorage",
    happened: async () => {
      expect((await description(MY_STATION)).settings.storage).toBe("memory");
    },
  },
  {
    of: "stationIdempotency",
    happened: async () => {
      expect((await description(MY_STATION)).settings.idempotencyWindowMs).toBe(180_000);
    },
  },
  { of: "stationWithDeadLetter()", happened: exists },
  {
    of: "stationWithDeadLetterToStation",
    happened: async () => {
      expect((await description(MY_STATION)).settings.dlsStation).toBe("badsensorlogsstation");
    },
  },
  {
    of: "stationWithPartitions",
    happened: async () => {
      expect((await description(MY_STATION)).partitions).toHaveLength(3);
    },
  },
  ...["retentionTypes.MAX_MESSAGE_AGE_SECONDS;\n", "retentionTypes.MESSAGES;", "retentionTypes.BYTES;"].map((of) => ({
    of,
    happened: () => undefined,
  })),
  ...["retentionTypes.ACK_BASED;", "storageTypes.DISK;", "storageTypes.MEMORY;"].map((of) => ({
    of,
    happened: ({ memphis }: World) => {
      expect({ ...memphis.retentionTypes, ...memphis.storageTypes }).toEqual({
        ...{ MAX_MESSAGE_AGE_SECONDS: "message_age_sec", MESSAGES: "messages", BYTES: "bytes", ACK_BASED: "ack_based" },
        ...{ DISK: "file", MEMORY: "memory" },
      });
    },
  })),
  {
    of: "await station.destroy()",
    happened: async ({ stationName }) => {
      expect(await rejection(description(stationName))).toBeInstanceOf(StationNotFoundError);
    },
  },
  {
    of: "producer({\n    stationName: '<station-name>',",
    happened: (_world, { producer }) => {
      expect(producer).toBeInstanceOf(Producer);
    },
  },
  {
    of: "headers: headers, // defults",
    happened: async ({ stationName }) => {
      expect((await stored(stationName)).slice(1)).toEqual([{ text: TEXT, headers: { given: "yes" } }]);
    },
  },
  {
    of: "await producer.produce({\n    message: 'Uint8",
    happened: async ({ stationName }) => {
      expect((await stored(stationName)).slice(1)).toEqual([{ text: TEXT, headers: {} }]);
    },
  },
  { of: "produceAsync", happened: isStored },
  {
    of: "produceWithIdempotency",
    happened: async ({ memphis }) => {
      const again = { stationName: MY_STATION, producerName: "another", message: "again", msgId: "42" };
      await memphis.produce({ ...again, asyncProduce: false });
      await isStored();
    },
  },
  { of: "let headers = memphis.headers()", happened: hasHeader },
  { of: "let headers = {trace", happened: hasHeader },
  { of: "produceWithPartition", happened: isStored },
  {
    of: "stationName: ['<station-name>', '<station-name>'],\n    producerName: '<producer-name>',\n});",
    happened: async ({ stationName }) => {
      expect((await stored(stationName)).slice(1).map(({ text }) => text)).toEqual(Array(2).fill('{"some":"message"}'));
    },
  },
  {
    of: "stationName: ['<station-name>', '<station-name>'],\n    producerName: '<producer-name>',\n    message",
    happened: async ({ stationName }) => {
      expect((await stored(stationName)).slice(1).map(({ text }) => text)).toEqual(Array(2).fill('{"some":"message"}'));
    },
  },
  {
    of: "producer.destroy()",
    happened: async ({ producer }) => {
      expect(await rejection(producer.produce({ message: "late" }))).toMatchObject({ code: "SK_PRODUCER_CLOSED" });
    },
  },
  { of: "memphisConnection.consumer({\n    stationName: '<station-name>'", happened: isConsumer },
  ...[
    "consumerDefualt",
    "function consumerGroup",
    "consumerPollInterval",
    "consumerBatched",
    "consumerMaxMessages",
  ].map((of) => ({ of, happened: exists })),
  {
    of: "consumer.setContext",
    happened: ({ consumer }) => {
      expect(consumer.context).toEqual({ key: "value" });
    },
  },
  ...["message.getData());", "message.getDataDeserialized());"].map((of) => ({
    of,
    happened: async ({ producer }: World) => {
      await producer.produce({ message: "for the listener" });
      await vi.waitFor(() => {
        expect(vi.mocked(console.log).mock.calls.map(String)).toContain("for the listener");
      }, 10_000);
    },
  })),
  {
    of: "memphis.fetchMessages",
    happened: (_world, { msgs }) => {
      expect(msgs).toEqual([expect.any(MessageClass)]);
    },
  },
  {
    of: "msgs = await consumer.fetch({",
    happened: async ({ message, consumer, producer }, { msgs }) => {
      // The one message is in hand already.
      expect(msgs).toEqual([]);
      await producer.produce({ message: "two" });
      expect(await consumer.fetch({ batchSize: 1 })).toHaveLength(1);
      message.ack();
    },
  },
  {
    of: /^message\.ack\(\);\n$/,
    happened: async ({ stationName }) => {
      await vi.waitFor(async () => {
        const durable = `${partitionStream(parseStationName(stationName), 1)}.reader`;
        const info = await broker.connection.jetStream.request(`CONSUMER.INFO.${durable}`);
        expect(info).toMatchObject({ ack_floor: { stream_seq: 1 }, num_ack_pending: 0 });
      }, 10_000);
    },
  },
  { of: "msg.nack()", happened: redelivered },
  { of: "message.delay(", happened: redelivered },
  {
    of: "message.deadLetter(",
    happened: async ({ stationName }) => {
      await vi.waitFor(async () => {
        const letters = [];
        for await (const letter of createStationAdmin(broker.connection).deadLetters(stationName).list()) {
          letters.push(letter);
        }
        expect(letters).toMatchObject([{ cause: "rejected", reason: "reason", group: "reader" }]);
      }, 20_000);
    },
  },
  {
    of: "msg = message.getData();",
    happened: (_world, { msg }) => {
      expect(String(msg)).toBe('{"first":true}');
    },
  },
  {
    of: "msg = message.getDataAsJson();",
    happened: (_world, { msg }) => {
      expect(msg).toEqual({ first: true });
    },
  },
  {
    of: "headers = message.getHeaders();",
    happened: (_world, { headers }) => {
      expect(headers).toEqual({});
    },
  },
  {
    of: "getSequenceNumber",
    happened: (_world, { sequenceNumber }) => {
      expect(sequenceNumber).toBe(1);
    },
  },
  {
    of: "getTimeSent",
    happened: (_world, { sentTime }) => {
      expect(Math.abs((sentTime as Date).getTime() - Date.now())).toBeLessThan(60_000);
    },
  },
  { of: "consumer.on('error'", happened: () => undefined },
  {
    of: "consumer.stop()",
    happened: async ({ consumer }) => {
      expect(await consumer.fetch({ batchSize: 1 })).toEqual([]);
    },
  },
  {
    of: "consumer.destroy()",
    happened: async ({ stationName }) => {
      const durable = `${partitionStream(parseStationName(stationName), 1)}.reader`;
      const error = await rejection(broker.connection.jetStream.request(`CONSUMER.INFO.${durable}`));
      expect(error).toMatchObject({ serverErrorCode: 10014 });
    },
  },
  {
    of: "isConnected()",
    happened: ({ memphis }) => {
      expect(memphis.isConnected()).toBe(true);
    },
  },
  {
    of: "createMemphisInstance()",
    happened: (_world, { memphisInstance }) => {
      expect(memphisInstance).toBeInstanceOf(Memphis);
    },
  },
];

/** Not on NATS: refused in words that say so. */
const REFUSED = "stationWithTieredStorage";

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  await createStationAdmin(broker.connection)
    .destroy(MY_STATION)
    .catch((error: unknown) => {
      expect(error).toBeInstanceOf(StationNotFoundError);
    });
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function makeWorld(): Promise<World> {
  const stationName = broker.station();
  const memphis = await broker.memphis();
  const producer = await memphis.producer({ stationName, producerName: "writer" });
  await producer.produce({ message: { first: true }, asyncProduce: false });
  const consumer = await memphis.consumer({ stationName, consumerName: "reader" });
  const [message] = await consumer.fetch({ batchSize: 1 });
  if (message === undefined) throw new Error("the message of the example's world has not come");
  return { memphis, stationName, producer, consumer, message };
}

async function run(example: ReadmeExample, world: World): Promise<Made> {
  const { memphis, stationName, producer, consumer, message } = world;
  const headers = memphis.headers();
  headers.add("given", "yes");
  const station = await memphis.station({ name: stationName });
  const scope = {
    ...{ memphis, memphisConnection: memphis, station, producer, consumer, message, msg: message, headers },
    ...{ delayInMilliseconds: 50, createMemphisInstance, options: { ...broker.options } },
    ...{ sequenceNumber: undefined, sentTime: undefined },
  };
  const fill = { "{...}": "options", "<station-name>": stationName, "<producer-name>": "p", "<consumer-name>": "c" };
  return runExample(example, scope, { ...fill, "<group-name>": "g" });
}

describe("the examples of memphis-dev's README, with only the import changed", () => {
  it.each(examplesThatNeed("broker").filter(({ code }) => !code.includes(REFUSED)))(
    "example $number does what it says: $title",
    async (example) => {
      const expected = EXPECTATIONS.filter(({ of }) =>
        typeof of === "string" ? example.code.includes(of) : of.test(example.code),
      );
      expect(expected).toHaveLength(1);
      const world = await makeWorld();
      const made = await run(example, world);
      await expected[0]!.happened(world, made);
    },
  );

  it("are refused in clear words where NATS has nothing of the kind", async () => {
    const [example, ...more] = examplesThatNeed("broker").filter(({ code }) => code.includes(REFUSED));
    expect(more).toEqual([]);
    const error = await rejection(run(example!, await makeWorld()));
    expect(error).toMatchObject({ code: "SK_USAGE", outcome: "not-sent" });
    expect(error.message).toMatch(/^tieredStorageEnabled: there is no second tier/);
  });

  it("place three replicas where there are three servers", async () => {
    const [example] = examplesThatNeed("cluster");
    const cluster = await startCluster();
    const memphis = createMemphisInstance();
    try {
      const options = connectOptions(cluster.urls[0]!);
      await runExample(example!, { memphis, options }, { "{...}": "options" });
      const { settings } = await createStationAdmin(memphis.connection).describe(MY_STATION);
      expect(settings.replicas).toBe(3);
    } finally {
      await memphis.close();
      await cluster.stop();
    }
  });

  it("are all there, and those for NestJS are known to be left out", () => {
    const count = (...needs: Parameters<typeof examplesThatNeed>): number => examplesThatNeed(...needs).length;
    expect(count("nest")).toBe(6);
    expect(count("nothing")).toBe(2);
    expect(count("logins")).toBe(5);
    expect(count("schemas")).toBe(6);
    expect(count("cluster")).toBe(1);
    expect(count("broker")).toBe(52);
  });

  it("have the misprints that are put right before they run", () => {
    expect(misprintsLeft()).toEqual([]);
  });
});

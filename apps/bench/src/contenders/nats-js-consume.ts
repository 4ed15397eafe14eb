import { AckPolicy, type Consumer, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import type { Arena } from "../contender/contender.js";
import { PULL_WINDOW, type ReadingContender, type ReadingSession } from "../contender/reading.js";
import type { Tally } from "../contender/tally.js";
import { readingDurable } from "../contender/reading-durable.js";
import { streamsOf } from "../contender/streams-of.js";

/** Reads the messages of one partition. */
type Way = (consumer: Consumer, part: Part) => Promise<void>;

/** What one durable is to read. */
interface Part {
  readonly messages: number;
  readonly maxMessages: number;
  readonly tally: Tally;
}

/** `consume()` of nats.js 3: of every partition a durable, all of them at the same time. */
async function openDurables({ server, station, partitions }: Arena, way: Way): Promise<ReadingSession> {
  const connection = await connect({ servers: server, noAsyncTraces: true });
  const manager = await jetstreamManager(connection);
  const streams = streamsOf(station, partitions);
  return {
    async join(group, maxMessages) {
      const consumers = await Promise.all(
        streams.map(async (stream) => {
          await manager.consumers.add(stream, { ...readingDurable(stream, group), ack_policy: AckPolicy.Explicit });
          return jetstream(connection).consumers.get(stream, group);
        }),
      );
      return {
        async read(tally) {
          const messages = tally.messages / partitions;
          await Promise.all(consumers.map((consumer) => way(consumer, { messages, maxMessages, tally })));
        },
        // Each way ends what it began.
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

async function iterate(consumer: Consumer, { messages, maxMessages, tally }: Part): Promise<void> {
  let left = messages;
  for await (const message of await consumer.consume({ max_messages: maxMessages })) {
    tally.count(message.data);
    message.ack();
    if (--left === 0) return;
  }
}

async function listen(consumer: Consumer, { messages, maxMessages, tally }: Part): Promise<void> {
  let left = messages;
  let finish: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const reading = await consumer.consume({
    max_messages: maxMessages,
    callback: (message) => {
      tally.count(message.data);
      message.ack();
      if (--left === 0) finish();
    },
  });
  await finished;
  reading.stop();
}

export const natsJsIterator: ReadingContender = {
  name: "nats.js-iterator",
  title: "nats.js, consume, iterator",
  kind: "peer",
  settings: "consume() of a durable per partition, all at once, each in a for await with message.ack()",
  sequential: false,
  window: PULL_WINDOW,
  open: (arena) => openDurables(arena, iterate),
};

export const natsJsCallback: ReadingContender = {
  name: "nats.js-callback",
  title: "nats.js, consume, callback",
  kind: "peer",
  settings: "consume() of a durable per partition, all at once, each with a callback that calls message.ack()",
  sequential: false,
  window: PULL_WINDOW,
  open: (arena) => openDurables(arena, listen),
};

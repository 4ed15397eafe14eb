import { connect } from "@stationkit/core-protocol";
import { type Consumer, createConsumer } from "@stationkit/consumer";
import type { Arena } from "../contender/contender.js";
import { FETCH_WINDOW, type ReadingContender, type ReadingSession } from "../contender/reading.js";
import type { Tally } from "../contender/tally.js";

/** One of the three ways to read. */
type Way = (consumer: Consumer, tally: Tally, window: number) => Promise<void>;

/** A session on a connection of its own; each group is a consumer with default options. */
async function openConsumer({ server, station }: Arena, way: Way): Promise<ReadingSession> {
  const connection = await connect({ servers: server });
  return {
    async join(group, window) {
      const consumer = await createConsumer(connection, {
        stationName: station,
        consumerName: "bench",
        consumerGroup: group,
      });
      return {
        read: (tally) => way(consumer, tally, window),
        [Symbol.asyncDispose]: () => consumer.close(),
      };
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

async function iterate(consumer: Consumer, tally: Tally): Promise<void> {
  for await (const message of consumer) {
    const isLast = tally.count(message.data);
    await message.ack();
    if (isLast) return;
  }
}

function listen(consumer: Consumer, tally: Tally): Promise<void> {
  return new Promise((resolve) => {
    consumer.on("message", (message) => {
      const isLast = tally.count(message.data);
      void message.ack();
      if (isLast) resolve();
    });
  });
}

const MAX_WAIT_MS = 5_000;

async function fetchBatches(consumer: Consumer, tally: Tally, batchSize: number): Promise<void> {
  for (let left = tally.messages; left > 0;) {
    const batch = await consumer.fetch({ batchSize: Math.min(batchSize, left), maxWaitMs: MAX_WAIT_MS });
    for (const message of batch) {
      tally.count(message.data);
      await message.ack();
    }
    left -= batch.length;
  }
}

export const stationkitIterator: ReadingContender = {
  name: "stationkit-iterator",
  title: "stationkit, iterator",
  kind: "stationkit",
  settings: "createConsumer without options, one for await over all partitions; each ack awaited",
  sequential: false,
  open: (arena) => openConsumer(arena, iterate),
};

export const stationkitCallback: ReadingContender = {
  name: "stationkit-callback",
  title: "stationkit, callback",
  kind: "stationkit",
  settings: 'createConsumer without options, one listener of "message" for all partitions, which is not async',
  sequential: false,
  open: (arena) => openConsumer(arena, listen),
};

export const stationkitFetch: ReadingContender = {
  name: "stationkit-fetch",
  title: "stationkit, fetch",
  kind: "stationkit",
  settings: "createConsumer without options, one fetch after the other over all partitions; each ack awaited",
  sequential: false,
  window: FETCH_WINDOW,
  open: (arena) => openConsumer(arena, fetchBatches),
};

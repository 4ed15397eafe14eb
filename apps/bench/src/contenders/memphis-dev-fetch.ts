import type { Consumer } from "memphis-dev";
import { FETCH_WINDOW, type ReadingContender } from "../contender/reading.js";
import type { Tally } from "../contender/tally.js";
import { openMemphis } from "./memphis-session.js";

/** What is left of one partition. */
interface Part {
  readonly partition: number;
  readonly messages: number;
  readonly batchSize: number;
}

/** A fetch that asks for more than there is waits for a second: so much is never asked for. */
async function fetchBatches(consumer: Consumer, tally: Tally, { partition, messages, batchSize }: Part): Promise<void> {
  for (let left = messages; left > 0;) {
    const batch = await consumer.fetch({
      batchSize: Math.min(batchSize, left),
      consumerPartitionNumber: partition,
    });
    for (const message of batch) {
      tally.count(message.getData());
      message.ack();
    }
    left -= batch.length;
  }
}

export const memphisFetch: ReadingContender = {
  name: "memphis-dev-fetch",
  title: "memphis-dev, fetch",
  kind: "peer",
  settings: "fetch of each partition in a loop of its own, all at once; message.ack()",
  sequential: false,
  window: FETCH_WINDOW,
  needsControlPlane: true,
  async open({ server, station, partitions }) {
    const memphis = await openMemphis(server);
    return {
      async join(group, batchSize) {
        const consumer = await memphis.consumer({
          stationName: station,
          consumerName: group,
          consumerGroup: group,
          maxMsgDeliveries: 10,
        });
        return {
          async read(tally) {
            const messages = tally.messages / partitions;
            const numbers = Array.from({ length: partitions }, (_, index) => index + 1);
            await Promise.all(
              numbers.map((partition) => fetchBatches(consumer, tally, { partition, messages, batchSize })),
            );
          },
          [Symbol.asyncDispose]: () => {
            consumer.stop();
            return Promise.resolve();
          },
        };
      },
      [Symbol.asyncDispose]: () => memphis.close(),
    };
  },
};

import type { PartitionLag } from "./consumer.js";
import type { Durables } from "./engine/durables.js";
import { persist } from "./engine/persist.js";

/** How far a group is with each of these partitions, as the server has it. */
export async function readLag(durables: Durables, partitions: readonly number[]): Promise<readonly PartitionLag[]> {
  return Promise.all(
    partitions.map(async (partition) => {
      const info = await persist(() => durables.info(partition));
      return {
        partition,
        pending: info?.num_pending ?? 0,
        inFlight: info?.num_ack_pending ?? 0,
        redelivered: info?.num_redelivered ?? 0,
        answeredSequence: info?.ack_floor.stream_seq ?? 0,
      };
    }),
  );
}

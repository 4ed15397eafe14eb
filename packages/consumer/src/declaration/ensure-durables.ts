import { UsageError } from "@stationkit/core-protocol";
import { explicitPartition, PartitionError, resolvePartition } from "@stationkit/partitioner";
import type { Station } from "@stationkit/station-admin";
import type { ResolvedConsumerOptions } from "../consumer-options.js";
import type { DurableInfo } from "../engine/durable-config.js";
import type { Durables } from "../engine/durables.js";

/**
 * Gives the group its place on every partition that this member reads.
 * @throws {UsageError} when the station has no such partition. @throws {ConsumerGroupConflictError} with nothing made.
 */
export async function ensureDurables(
  durables: Durables,
  station: Station,
  options: ResolvedConsumerOptions,
): Promise<ReadonlyMap<number, DurableInfo>> {
  const infos = new Map<number, DurableInfo>();
  const partitions = choosePartitions(options, station);
  await findGroup(durables, [...partitions, ...station.partitions.filter((number) => !partitions.includes(number))]);
  // The first one alone: should the group be there with other settings, nothing was made.
  for (const batch of [partitions.slice(0, 1), partitions.slice(1)]) {
    await Promise.all(
      batch.map(async (partition) => infos.set(partition, await durables.ensure(partition, options.start))),
    );
  }
  return infos;
}

/**
 * A group that has a place on some partition gets its settings on the others, too: the first members may have read one of them alone.
 * @throws {ConsumerGroupConflictError}
 */
async function findGroup(durables: Durables, partitions: readonly number[]): Promise<void> {
  const [first, ...others] = partitions;
  if (first === undefined || (await durables.existing(first)) !== undefined) return;
  await Promise.all(others.map((partition) => durables.existing(partition)));
}

/** @throws {UsageError} when the station has no such partition. */
function choosePartitions(options: ResolvedConsumerOptions, { name, partitions }: Station): readonly number[] {
  const { partitionNumber, partitionKey, partitioner } = options;
  try {
    if (partitionNumber !== undefined) return [explicitPartition(partitions, partitionNumber)];
    if (partitionKey !== undefined)
      return [resolvePartition(partitioner, { key: partitionKey, partitions, station: name })];
    return partitions;
  } catch (error) {
    if (PartitionError.is(error)) throw new UsageError(`station "${name}": ${error.message}`, { cause: error });
    throw error;
  }
}

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
  // The first one alone: should the group be there with other settings, nothing was made.
  for (const batch of [partitions.slice(0, 1), partitions.slice(1)]) {
    await Promise.all(
      batch.map(async (partition) => infos.set(partition, await durables.ensure(partition, options.start))),
    );
  }
  return infos;
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

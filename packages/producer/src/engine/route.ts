import { type StationName, UsageError } from "@stationkit/core-protocol";
import { explicitPartition, PartitionError, type Partitioner, resolvePartition } from "@stationkit/partitioner";
import type { ProduceRequest } from "../produce-request.js";

/**
 * Chooses the partition: the number that the request names, or what the partitioner says of its key.
 * @throws {UsageError} when the number, or the partitioner's answer, is no partition of the station.
 */
export function route(
  { partitionKey, partitionNumber }: ProduceRequest,
  partitions: readonly number[],
  partitioner: Partitioner,
  station: StationName,
): number {
  try {
    if (partitionNumber !== undefined) return explicitPartition(partitions, partitionNumber);
    return resolvePartition(partitioner, { key: partitionKey, partitions, station });
  } catch (error) {
    if (PartitionError.is(error)) throw new UsageError(`station "${station}": ${error.message}`, { cause: error });
    throw error;
  }
}

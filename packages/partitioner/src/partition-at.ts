import { PartitionError } from "./partition-error.js";
import type { PartitionRequest } from "./partitioner.js";

/** The partition number at `index` (from 0), which is below the list's length unless the list is empty: then it throws. */
export function partitionAt(request: PartitionRequest, index: number): number {
  const partition = request.partitions[index];
  if (partition === undefined) {
    throw new PartitionError("There is no partition to choose from: the list of partitions is empty.", {
      reason: "empty-list",
      partitions: request.partitions,
      station: request.station,
    });
  }
  return partition;
}

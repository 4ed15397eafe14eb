import { requirePartition } from "./require-partition.js";

/**
 * Checks a partition number that the caller chose, and gives it back.
 *
 * It is checked with one partition too, where Memphis's SDKs ignore the number: a number that does not exist is a bug
 * whatever the count. 0 is no partition; Memphis takes it for "none given".
 *
 * @param partitions - the partition numbers of the station, normally 1..N.
 * @param partition - the number wanted; not an index.
 * @returns `partition`.
 * @throws {PartitionError} reason `"empty-list"` or `"not-in-list"`.
 * @example explicitPartition([1, 2, 3], 2); // 2
 */
export function explicitPartition(partitions: readonly number[], partition: number): number {
  return requirePartition(partition, { key: undefined, partitions }, "Partition");
}

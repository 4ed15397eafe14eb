import { explicitPartition, PartitionError } from "@stationkit/partitioner";

try {
  explicitPartition([1, 2, 3], 0);
} catch (error) {
  if (!PartitionError.is(error)) throw error;
  console.log(error.message); // Partition 0 is not one of the partitions: 1, 2, 3.
  console.log(error.code, error.reason); // SK_PARTITION_INVALID not-in-list
}

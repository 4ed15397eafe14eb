import { murmur3, PartitionError, resolvePartition, type Partitioner } from "@stationkit/partitioner";

// Where memphis.js 1.3.2 looks for a key: the index is used as if it were the number.
const memphisJs: Partitioner = ({ key = "", partitions }) => murmur3(key, 31) % partitions.length;

console.log(resolvePartition(memphisJs, { key: "user-1", partitions: [1, 2, 3] })); // 2
try {
  resolvePartition(memphisJs, { key: "memphis", partitions: [1, 2, 3] });
} catch (error) {
  if (PartitionError.is(error)) console.log(error.message); // The partitioner's answer 0 is not one of the partitions: 1, 2, 3.
}

import { memphisPartitioner, resolvePartition } from "@stationkit/partitioner";

const partitioner = memphisPartitioner();
const partitions = [1, 2, 3];

console.log(resolvePartition(partitioner, { key: "user-1", partitions })); // 3
console.log(resolvePartition(partitioner, { key: "user-1", partitions })); // 3
console.log(resolvePartition(partitioner, { key: undefined, partitions })); // 1
console.log(resolvePartition(partitioner, { key: undefined, partitions })); // 2

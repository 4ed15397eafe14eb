import { memphisPartitioner, type Partitioner, resolvePartition } from "@stationkit/partitioner";

// Partition 1 is kept free for one big customer; the others share the rest.
const others = memphisPartitioner();
const partitioner: Partitioner = ({ key, partitions }) => {
  const [first = 1, ...rest] = partitions;
  return key === "acme" || rest.length === 0 ? first : others({ key, partitions: rest });
};

console.log(resolvePartition(partitioner, { key: "acme", partitions: [1, 2, 3] })); // 1
console.log(resolvePartition(partitioner, { key: "user-1", partitions: [1, 2, 3] })); // 2
console.log(resolvePartition(partitioner, { key: "user-1", partitions: [1] })); // 1

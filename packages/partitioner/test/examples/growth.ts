import { memphisPartitioner } from "@stationkit/partitioner";

const partitioner = memphisPartitioner();
const keys = Array.from({ length: 10_000 }, (_, index) => `user-${index}`);
const moved = (before: number[], after: number[]): string => {
  const count = keys.filter(
    (key) => partitioner({ key, partitions: before }) !== partitioner({ key, partitions: after }),
  );
  return `${Math.round((100 * count.length) / keys.length)} %`;
};

console.log(moved([1, 2, 3], [1, 2, 3, 4])); // 75 %
console.log(moved([1, 2], [1, 2, 3, 4])); // 50 %

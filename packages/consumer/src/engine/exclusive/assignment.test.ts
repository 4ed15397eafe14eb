import { describe, expect, it } from "vitest";
import { assignPartitions } from "./assignment.js";

const partitions = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const members = (count: number): string[] => Array.from({ length: count }, (_, i) => `member-${i}`);

describe("assignPartitions", () => {
  it.each([
    [8, 1],
    [8, 3],
    [8, 8],
    [3, 5],
    [100, 7],
  ])("shares %i partitions evenly among %i members", (partitionCount, memberCount) => {
    const assigned = assignPartitions(partitions(partitionCount), members(memberCount));
    expect([...assigned.keys()]).toEqual(partitions(partitionCount));
    const counts = members(memberCount).map((member) => [...assigned.values()].filter((one) => one === member).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it("says the same wherever it is asked", () => {
    const shuffled = ["member-2", "member-0", "member-1"];
    expect(assignPartitions(partitions(16), shuffled)).toEqual(assignPartitions(partitions(16), members(3)));
  });

  it("lets most partitions stay where they are when a member comes", () => {
    const before = assignPartitions(partitions(64), members(4));
    const after = assignPartitions(partitions(64), members(5));
    const moved = partitions(64).filter((partition) => before.get(partition) !== after.get(partition));
    expect(moved.length).toBeLessThan(32);
  });
});

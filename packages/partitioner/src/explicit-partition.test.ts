import { describe, expect, it } from "vitest";
import { explicitPartition } from "./explicit-partition.js";
import { PartitionError } from "./partition-error.js";

describe("explicitPartition", () => {
  it("gives back every number of the list, in whatever order the list is", () => {
    for (const partitions of [[1], [1, 2, 3], [3, 1, 2], [10, 20]]) {
      for (const partition of partitions) expect(explicitPartition(partitions, partition)).toBe(partition);
    }
  });

  it.each([0, -1, 4, 1.5, Number.NaN, Infinity, "2", null, undefined, 2n])("refuses %s out of 1..3", (partition) => {
    expect(() => explicitPartition([1, 2, 3], partition as never)).toThrow(PartitionError);
  });

  it("refuses a wrong number with a single partition too", () => {
    expect(() => explicitPartition([1], 2)).toThrow("Partition 2 is not one of the partitions: 1.");
  });

  it("says what was wrong and what was possible", () => {
    const partitions = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(() => explicitPartition(partitions, 21)).toThrow(
      expect.objectContaining({
        reason: "not-in-list",
        partition: 21,
        partitions,
        message: "Partition 21 is not one of the partitions: 1, 2, 3, 4, 5, 6, 7, 8, … (20 in all).",
      }) as Error,
    );
  });

  it("refuses an empty list by its own reason", () => {
    expect(() => explicitPartition([], 1)).toThrow(expect.objectContaining({ reason: "empty-list" }) as Error);
  });
});

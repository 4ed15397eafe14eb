import { describe, expect, it } from "vitest";
import { partitionsUpTo, seededRandom } from "../test/seeded-random.js";
import { kafkaPartitioner } from "./kafka-partitioner.js";

describe("kafkaPartitioner", () => {
  it.each([
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
    ["abc", 479470107],
  ])("puts %j at toPositive(hash) %% n of the list", (key, hash) => {
    const partitioner = kafkaPartitioner();
    for (const count of [1, 2, 3, 4, 5, 6, 7, 12, 16, 100]) {
      // 2^31 and not the absolute value: Java clears the sign bit.
      const positive = hash < 0 ? hash + 2 ** 31 : hash;
      expect(partitioner({ key, partitions: partitionsUpTo(count) })).toBe((positive % count) + 1);
    }
  });

  it("keeps messages without a key on one partition for a run", () => {
    const partitioner = kafkaPartitioner({ maxRunMessages: 3, random: seededRandom(4) });
    const sent = Array.from({ length: 9 }, () => partitioner({ key: undefined, partitions: [1, 2, 3, 4] }));
    for (const start of [0, 3, 6]) expect(new Set(sent.slice(start, start + 3)).size).toBe(1);
    expect(sent[2]).not.toBe(sent[3]);
    expect(sent[5]).not.toBe(sent[6]);
  });

  it("does not let keyed messages disturb the run of the others", () => {
    const partitioner = kafkaPartitioner({ maxRunMessages: 2, random: () => 0 });
    const partitions = [1, 2, 3];
    const unkeyed = ["a", "b", "c", "d"].map((key) => {
      partitioner({ key, partitions });
      return partitioner({ key: undefined, partitions });
    });
    expect(unkeyed).toEqual([1, 1, 2, 2]);
  });
});

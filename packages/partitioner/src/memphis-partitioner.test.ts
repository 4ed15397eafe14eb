import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { partitionsUpTo } from "../test/seeded-random.js";
import { memphisPartitioner } from "./memphis-partitioner.js";
import { murmur3 } from "./murmur3.js";

interface VectorFile {
  counts: number[];
  vectors: [text: string, times: number, hash: number, partitions: number[]][];
}

const counts = [1, 3, 4, 8, 16];

describe("memphisPartitioner", () => {
  it.each([
    ["", 0x4af6b95b, [1, 3, 4, 4, 12]],
    ["a", 0xc9ed3207, [1, 1, 4, 8, 8]],
    ["key", 0x99d28dbe, [1, 2, 3, 7, 15]],
    ["user-1", 0xcd26e9ea, [1, 3, 3, 3, 11]],
    ["user-2", 0x6ec06e85, [1, 3, 2, 6, 6]],
    ["order-42", 0xcd00b968, [1, 3, 1, 1, 9]],
    ["hello", 0x0a10af7d, [1, 3, 2, 6, 14]],
    ["memphis", 0xd23894c0, [1, 1, 1, 1, 1]],
    ["partition-key", 0x4eb7dad1, [1, 2, 2, 2, 2]],
    ["0123456789", 0x19365e4d, [1, 2, 2, 6, 14]],
    ["Ünïcödé", 0x5caa30a8, [1, 2, 1, 1, 9]],
    ["日本語", 0x2ef697e2, [1, 1, 3, 3, 3]],
  ])("puts %j where the Go and Python SDKs put it", (key, hash, expected) => {
    expect(murmur3(key, 31)).toBe(hash);
    const partitioner = memphisPartitioner();
    expect(counts.map((count) => partitioner({ key, partitions: partitionsUpTo(count) }))).toEqual(expected);
    const bytes = Buffer.from(key);
    expect(counts.map((count) => partitioner({ key: bytes, partitions: partitionsUpTo(count) }))).toEqual(expected);
  });

  it("puts every generated key where the reference puts it, for twelve partition counts", async () => {
    const url = new URL("../test/vectors/murmur3-seed31.json", import.meta.url);
    const file = JSON.parse(await readFile(url, "utf8")) as VectorFile;
    const partitioner = memphisPartitioner();
    const lists = file.counts.map(partitionsUpTo);
    for (const [text, times, , expected] of file.vectors) {
      const key = text.repeat(times);
      expect(
        lists.map((partitions) => partitioner({ key, partitions })),
        `${text} × ${times}`,
      ).toEqual(expected);
    }
  });

  it("chooses by position in the list, whatever the numbers are", () => {
    const partitioner = memphisPartitioner();
    expect(partitioner({ key: "user-1", partitions: [1, 2, 3] })).toBe(3);
    expect(partitioner({ key: "user-1", partitions: [9, 4, 7] })).toBe(7);
  });

  it("takes an empty key for a key, and undefined and null for none", () => {
    const partitioner = memphisPartitioner();
    const partitions = [1, 2, 3];
    expect([1, 2, 3].map(() => partitioner({ key: "", partitions }))).toEqual([3, 3, 3]);
    expect([1, 2, 3].map(() => partitioner({ key: new Uint8Array(), partitions }))).toEqual([3, 3, 3]);
    expect([1, 2].map(() => partitioner({ key: undefined, partitions }))).toEqual([1, 2]);
    expect(partitioner({ key: null as never, partitions })).toBe(3);
  });

  it("does not let keyed messages disturb the turn of the others", () => {
    const partitioner = memphisPartitioner();
    const partitions = [1, 2, 3];
    const unkeyed = ["a", "b", "c", "d"].map((key) => {
      partitioner({ key, partitions });
      return partitioner({ key: undefined, partitions });
    });
    expect(unkeyed).toEqual([1, 2, 3, 1]);
  });

  it("moves about three keys of four when a station grows from 3 to 4 partitions", () => {
    const partitioner = memphisPartitioner();
    const moved = Array.from({ length: 10_000 }, (_, index) => `user-${index}`).filter(
      (key) => partitioner({ key, partitions: [1, 2, 3] }) !== partitioner({ key, partitions: [1, 2, 3, 4] }),
    );
    expect(moved.length / 10_000).toBeCloseTo(0.75, 1);
  });

  it("moves half of the keys when a station doubles, all of them onto a new partition", () => {
    const partitioner = memphisPartitioner();
    const keys = Array.from({ length: 10_000 }, (_, index) => `user-${index}`);
    const moves = keys
      .map((key) => [4, 8].map((count) => partitioner({ key, partitions: partitionsUpTo(count) })))
      .filter(([before, after]) => before !== after);
    expect(moves.length / keys.length).toBeCloseTo(0.5, 1);
    for (const [before, after] of moves) expect(after).toBe(before! + 4);
  });
});

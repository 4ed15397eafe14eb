import { describe, expect, it } from "vitest";
import { partitionsUpTo, seededRandom } from "../test/seeded-random.js";
import type { Partitioner } from "./partitioner.js";
import { roundRobin } from "./round-robin.js";

function take(partitioner: Partitioner, count: number, partitions: readonly number[]): number[] {
  return Array.from({ length: count }, () => partitioner({ key: undefined, partitions }));
}

describe("roundRobin", () => {
  it("starts at the first of the list and goes on one by one", () => {
    expect(take(roundRobin(), 7, [1, 2, 3])).toEqual([1, 2, 3, 1, 2, 3, 1]);
    expect(take(roundRobin(), 4, [8, 3, 5])).toEqual([8, 3, 5, 8]);
  });

  it("has a counter per factory call", () => {
    const first = roundRobin();
    const second = roundRobin();
    expect([first, second, first, second].map((partitioner) => take(partitioner, 1, [1, 2])[0])).toEqual([1, 1, 2, 2]);
  });

  it("ignores keys", () => {
    const partitioner = roundRobin();
    expect([1, 2, 3].map(() => partitioner({ key: "same", partitions: [1, 2, 3] }))).toEqual([1, 2, 3]);
  });

  it("gives each partition the same share when many callers run concurrently", async () => {
    const partitioner = roundRobin();
    const partitions = partitionsUpTo(7);
    const random = seededRandom(5);
    const sent: number[] = [];
    const caller = async (): Promise<void> => {
      for (let message = 0; message < 70; message++) {
        sent.push(partitioner({ key: undefined, partitions }));
        for (let turns = random() * 4; turns > 1; turns--) await Promise.resolve();
      }
    };
    await Promise.all(Array.from({ length: 50 }, caller));
    for (const partition of partitions) expect(sent.filter((number) => number === partition)).toHaveLength(500);
    for (let start = 0; start < sent.length; start += 7) expect(sent.slice(start, start + 7)).toEqual(partitions);
  });

  it("counts per station, so that two stations in turn both get all of their partitions", () => {
    const partitioner = roundRobin();
    const sent = { a: [] as number[], b: [] as number[] };
    for (let message = 0; message < 4; message++) {
      for (const station of ["a", "b"] as const) {
        sent[station].push(partitioner({ key: undefined, partitions: [1, 2], station }));
      }
    }
    expect(sent).toEqual({ a: [1, 2, 1, 2], b: [1, 2, 1, 2] });
  });

  it("goes on where it was when the list grows", () => {
    const midway = roundRobin();
    expect(take(midway, 5, [1, 2, 3])).toEqual([1, 2, 3, 1, 2]);
    expect(take(midway, 6, [1, 2, 3, 4, 5])).toEqual([3, 4, 5, 1, 2, 3]);

    const atTheEnd = roundRobin();
    take(atTheEnd, 3, [1, 2, 3]);
    expect(take(atTheEnd, 5, [1, 2, 3, 4])).toEqual([4, 1, 2, 3, 4]);
  });

  it("begins again at the first when the list shrinks below its place", () => {
    const partitioner = roundRobin();
    take(partitioner, 4, [1, 2, 3, 4, 5]);
    expect(take(partitioner, 3, [1, 2])).toEqual([1, 2, 1]);
  });

  it("stays within one message of an even share after any growth", () => {
    for (let before = 1; before <= 17; before++) {
      for (let after = before; after <= 17; after++) {
        for (let sent = 0; sent <= before; sent++) {
          const partitioner = roundRobin();
          take(partitioner, sent, partitionsUpTo(before));
          const next = take(partitioner, after, partitionsUpTo(after));
          expect(new Set(next).size, `${before} → ${after} after ${sent}`).toBe(after);
        }
      }
    }
  });
});

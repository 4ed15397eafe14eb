import { describe, expect, it } from "vitest";
import { partitionsUpTo, seededRandom } from "../test/seeded-random.js";
import { sticky } from "./sticky.js";
import { STICKY_DEFAULTS, resolveStickyOptions } from "./sticky-options.js";

function runs(sent: readonly number[]): [partition: number, length: number][] {
  const found: [number, number][] = [];
  for (const partition of sent) {
    const last = found.at(-1);
    if (last?.[0] === partition) last[1] += 1;
    else found.push([partition, 1]);
  }
  return found;
}

describe("sticky", () => {
  it("changes the partition after each full run, never for the same one", () => {
    const partitioner = sticky({ maxRunMessages: 10, random: seededRandom(6) });
    const partitions = partitionsUpTo(5);
    const found = runs(Array.from({ length: 1000 }, () => partitioner({ key: undefined, partitions })));
    expect(found).toHaveLength(100);
    for (const [, length] of found) expect(length).toBe(10);
  });

  it("reaches every partition, about equally often", () => {
    const partitioner = sticky({ maxRunMessages: 2, random: seededRandom(7) });
    const partitions = partitionsUpTo(6);
    const sent = Array.from({ length: 60_000 }, () => partitioner({ key: undefined, partitions }));
    for (const partition of partitions) {
      const share = sent.filter((number) => number === partition).length / sent.length;
      expect(share).toBeCloseTo(1 / 6, 1.5);
    }
  });

  it("sends runs of 100 by default", () => {
    expect(STICKY_DEFAULTS.maxRunMessages).toBe(100);
    const partitioner = sticky();
    const found = runs(Array.from({ length: 300 }, () => partitioner({ key: undefined, partitions: [1, 2, 3] })));
    expect(found.map(([, length]) => length)).toEqual([100, 100, 100]);
  });

  it("stays with the only partition and never asks for chance", () => {
    const random = (): number => {
      throw new Error("asked");
    };
    const partitioner = sticky({ maxRunMessages: 2, random });
    expect([1, 2, 3, 4, 5].map(() => partitioner({ key: undefined, partitions: [4] }))).toEqual([4, 4, 4, 4, 4]);
  });

  it("ignores keys", () => {
    const partitioner = sticky({ maxRunMessages: 4, random: () => 0 });
    expect(["a", "b", "c", "d"].map((key) => partitioner({ key, partitions: [1, 2, 3] }))).toEqual([1, 1, 1, 1]);
  });

  it("has a run per station", () => {
    const partitioner = sticky({ maxRunMessages: 2, random: () => 0 });
    const sent = ["a", "b", "a", "b", "a", "b"].map((station) =>
      partitioner({ key: undefined, partitions: [1, 2, 3], station }),
    );
    expect(sent).toEqual([1, 1, 1, 1, 2, 2]);
  });

  it("finishes the run when the list grows, and then uses the new partitions too", () => {
    const partitioner = sticky({ maxRunMessages: 3, random: () => 0.99 });
    const send = (partitions: number[]): number => partitioner({ key: undefined, partitions });
    expect([send([1, 2]), send([1, 2, 3, 4]), send([1, 2, 3, 4]), send([1, 2, 3, 4])]).toEqual([2, 2, 2, 4]);
  });

  it("keeps the number, not the place, when the list is in another order", () => {
    const partitioner = sticky({ random: () => 0 });
    expect(partitioner({ key: undefined, partitions: [1, 2, 3] })).toBe(1);
    expect(partitioner({ key: undefined, partitions: [3, 2, 1] })).toBe(1);
  });

  it("ends the run at once when its partition leaves the list", () => {
    const partitioner = sticky({ maxRunMessages: 2, random: () => 0 });
    const send = (partitions: number[]): number => partitioner({ key: undefined, partitions });
    expect([send([1, 2, 3]), send([2, 3]), send([2, 3]), send([2, 3])]).toEqual([1, 2, 2, 3]);
  });

  it.each([
    { maxRunMessages: 0 },
    { maxRunMessages: -1 },
    { maxRunMessages: 1.5 },
    { maxRunMessages: Number.NaN },
    { maxRunMessages: Infinity },
    { maxRunMessages: "5" },
    { random: 0.5 },
    { runLength: 5 },
  ])("refuses the options %j", (options) => {
    expect(() => sticky(options as never)).toThrow(expect.objectContaining({ reason: "invalid-option" }) as Error);
  });

  it("takes an option that is undefined for one that is left out", () => {
    expect(resolveStickyOptions({ maxRunMessages: undefined } as never)).toEqual(STICKY_DEFAULTS);
  });

  it.each([1, -0.1, Number.NaN])("refuses %d from a source of chance", (value) => {
    const partitioner = sticky({ random: () => value });
    expect(() => partitioner({ key: undefined, partitions: [1, 2] })).toThrow("random() must give");
  });
});

import { describe, expect, it } from "vitest";
import { FORGET_TICKS } from "./ack-clock.js";
import { findStandingStill } from "./standing-still.js";

const now = 100;
const long = now - FORGET_TICKS - 1;
const reader = (partition: number, movedTick: number) => ({ partition, movedTick });
const waiting = [1, 2, 2].map((partition) => ({ partition }));

function partitionsOf(readers: ReturnType<typeof reader>[], isByPartition: boolean): number[] {
  return findStandingStill(readers, { tick: now, isByPartition, waiting }).map(({ partition }) => partition);
}

describe("findStandingStill", () => {
  it("finds partitions of which something waits, and nothing has moved for longer than an answer may take", () => {
    const readers = [reader(1, long), reader(2, long + 1), reader(3, long)];
    expect(partitionsOf(readers, true)).toEqual([1]);
  });

  it("finds none for a loop that has moved on any of them", () => {
    expect(partitionsOf([reader(1, long), reader(2, now)], false)).toEqual([]);
    expect(partitionsOf([reader(1, long), reader(2, long - 50), reader(3, long)], false)).toEqual([1, 2]);
  });

  it("finds none where nothing is read", () => {
    expect(partitionsOf([], true)).toEqual([]);
  });
});

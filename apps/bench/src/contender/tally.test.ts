import { describe, expect, it } from "vitest";
import { Tally } from "./tally.js";

function read(sizes: readonly number[]): { tally: Tally; last: readonly boolean[] } {
  const tally = new Tally(3, 8);
  return { tally, last: sizes.map((size) => tally.count(new Uint8Array(size))) };
}

describe("a tally", () => {
  it("tells the last message, and is content with exactly what it expects", () => {
    const { tally, last } = read([8, 8, 8]);
    expect(last).toEqual([false, false, true]);
    expect(() => {
      tally.requireComplete();
    }).not.toThrow();
  });

  it.each([
    ["a message is missing", [8, 8]],
    ["a message came twice", [8, 8, 8, 8]],
    ["a message was cut short", [8, 8, 7]],
  ])("objects when %s", (_, sizes) => {
    const { tally } = read(sizes);
    expect(() => {
      tally.requireComplete();
    }).toThrow(/^read .* not 3 of 24$/);
  });
});

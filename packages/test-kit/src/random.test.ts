import { describe, expect, it } from "vitest";
import { createRandom, spread } from "./random.js";

const draw = (seed: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: 100 }, () => random.between(0, 1_000_000));
};

describe("seeded choices", () => {
  it("are the same for the same seed, and others for another", () => {
    expect(draw(7)).toEqual(draw(7));
    expect(draw(8)).not.toEqual(draw(7));
  });

  it("of a part do not depend on how many another part has made", () => {
    const [one, other] = [createRandom(7), createRandom(7)];
    const [first, second] = [one.fork(), other.fork()];
    one.between(0, 9);
    expect(first.between(0, 1_000_000)).toBe(second.between(0, 1_000_000));
  });

  it("put faults into the run in order, each in its part, away from both ends", () => {
    const places = spread(createRandom(7), 20, 100_000);
    expect(places).toHaveLength(20);
    for (const [i, place] of places.entries()) {
      expect(place).toBeGreaterThanOrEqual(10_000 + i * 4_000);
      expect(place).toBeLessThan(10_000 + (i + 1) * 4_000);
    }
  });
});

import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Choices that are the same for the same seed. */
export interface Random {
  readonly seed: number;
  /** An integer from `min` to `max`, both included. */
  readonly between: (min: number, max: number) => number;
  /** True in so many of 100 cases. */
  readonly chance: (percent: number) => boolean;
  /** A number ≥ 0 and < 1. */
  readonly fraction: () => number;
  /** A generator of its own for one part of a scenario, so that what the other parts ask for does not change its choices. */
  readonly fork: () => Random;
}

/** @param seed - integer; what a scenario prints, and takes to be replayed. */
export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const between = (min: number, max: number): number => uniformInt(generator, min, max);
  return {
    seed,
    between,
    chance: (percent) => between(0, 99) < percent,
    fraction: () => uniformFloat64(generator),
    fork: () => createRandom(between(0, 0x7fff_ffff)),
  };
}

/** A seed for a run that nobody asked to replay. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 0x7fff_ffff);
}

/**
 * `count` places in a run of `total` messages, ascending, one in each equal part of it, the first and last tenth left out: where
 * a scenario lets its faults happen.
 */
export function spread(random: Random, count: number, total: number): number[] {
  const part = (total * 0.8) / count;
  return Array.from({ length: count }, (_, i) => Math.floor(total * 0.1 + part * (i + random.fraction())));
}

import type { Trials } from "./job.js";

/** Trials of each window. */
const TRIALS = 2;

/**
 * Tries windows in turns, so that none has the cold process for itself; the best trial of each counts.
 * @param rateOf - runs once, and tells messages per second.
 */
export async function bestOfTrials(
  windows: readonly number[],
  rateOf: (window: number) => Promise<number>,
): Promise<Trials> {
  const best = new Map<number, number>(windows.map((window) => [window, 0]));
  for (let trial = 0; trial < TRIALS; trial++) {
    for (const window of windows) best.set(window, Math.max(await rateOf(window), best.get(window) ?? 0));
  }
  return { kind: "trials", trials: [...best].map(([window, perSecond]) => ({ window, perSecond })) };
}

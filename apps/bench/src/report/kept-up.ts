import type { Latency } from "../worker/job.js";

const SHARE = 0.95;

/** Whether a contender held the pace; where it did not, its percentiles tell of a queue and not of a round trip. */
export function keptUp({ askedPerSecond, acknowledgedPerSecond }: Latency): boolean {
  return acknowledgedPerSecond >= askedPerSecond * SHARE;
}

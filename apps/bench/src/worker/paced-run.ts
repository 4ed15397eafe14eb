import { createHistogram } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Session } from "../contender/contender.js";
import type { Latency } from "./job.js";

/** What is sent how fast. */
export interface Pace {
  readonly messages: number;
  readonly messagesPerSecond: number;
  /** Each send waits for the one before. */
  readonly sequential: boolean;
}

/** Sends before this share of the run are not recorded: the path of a single send is warm after them. */
const WARM_UP_SHARE = 0.1;

/**
 * Sends at a constant rate and records how long each message took, from when it was due and not from when it was sent: a process
 * that stalls keeps callers waiting, too, and what it sends afterwards would otherwise look fast. It looks for what is due at
 * every turn of the event loop, because timers are too coarse.
 */
export async function pacedRun(send: () => Promise<unknown>, session: Session, pace: Pace): Promise<Latency> {
  const perSend = session.messagesPerSend ?? 1;
  const sends = Math.max(1, Math.round(pace.messages / perSend));
  const intervalMs = (1_000 * perSend) / pace.messagesPerSecond;
  const recordFrom = Math.floor(sends * WARM_UP_SHARE);
  const histogram = createHistogram();
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();
  for (let next = 0; next < sends; ) {
    for (; next < sends && startedAt + next * intervalMs <= performance.now(); next++) {
      const dueAt = startedAt + next * intervalMs;
      const recorded = next >= recordFrom;
      const one = send().then(() => {
        if (recorded) histogram.record(Math.max(1, Math.round((performance.now() - dueAt) * 1_000_000)));
        underWay.delete(one);
      });
      underWay.add(one);
      if (pace.sequential) await one;
    }
    await nextTurn();
  }
  const elapsedMs = performance.now() - startedAt;
  await Promise.all(underWay);
  const at = (percentile: number): number => histogram.percentile(percentile) / 1_000_000;
  return {
    askedPerSecond: pace.messagesPerSecond,
    sentPerSecond: (sends * perSend * 1_000) / elapsedMs,
    p50Ms: at(50),
    p99Ms: at(99),
    p999Ms: at(99.9),
  };
}

import { createHistogram } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Latency } from "./job.js";

/** What is sent how fast. */
export interface Pace {
  readonly durationMs: number;
  readonly messagesPerSecond: number;
  /** Each send waits for the one before. */
  readonly sequential: boolean;
}

/** So that there is something to take a percentile of, also where a send is a large batch. */
const MINIMUM_SENDS = 10;

/** Sends before this share of the run are not recorded: the path of a single send is warm after them. */
const WARM_UP_SHARE = 0.2;

/** What a paced run tells. */
export interface PacedRun {
  readonly sent: number;
  readonly latency: Latency;
}

/**
 * Sends at a constant rate and records how long each message took, from when it was due and not from when it was sent: a process
 * that stalls keeps callers waiting, too, and what it sends afterwards would otherwise look fast. It looks for what is due at
 * every turn of the event loop, because timers are too coarse.
 */
export async function pacedRun(send: () => Promise<unknown>, messagesPerSend: number, pace: Pace): Promise<PacedRun> {
  const intervalMs = (1_000 * messagesPerSend) / pace.messagesPerSecond;
  const sends = Math.max(MINIMUM_SENDS, Math.round(pace.durationMs / intervalMs));
  const recordFrom = Math.floor(sends * WARM_UP_SHARE);
  const histogram = createHistogram();
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const startedAt = performance.now();
  for (let next = 0; next < sends && failure === undefined;) {
    for (; next < sends && startedAt + next * intervalMs <= performance.now(); next++) {
      const dueAt = startedAt + next * intervalMs;
      const recorded = next >= recordFrom;
      const acknowledged = (): void => {
        if (recorded) histogram.record(Math.max(1, Math.round((performance.now() - dueAt) * 1_000_000)));
        underWay.delete(one);
      };
      const one: Promise<void> = send().then(acknowledged, (error: unknown) => {
        failure ??= { error };
      });
      underWay.add(one);
      if (pace.sequential) await one;
    }
    await nextTurn();
  }
  await Promise.all(underWay);
  // With those at the end: a call that waits for room in a window has been made, and nothing has been sent.
  const elapsedMs = performance.now() - startedAt;
  if (failure !== undefined) throw failure.error;
  const at = (percentile: number): number => histogram.percentile(percentile) / 1_000_000;
  const sent = sends * messagesPerSend;
  return {
    sent,
    latency: {
      askedPerSecond: pace.messagesPerSecond,
      acknowledgedPerSecond: (sent * 1_000) / elapsedMs,
      p50Ms: at(50),
      p99Ms: at(99),
      p999Ms: at(99.9),
    },
  };
}

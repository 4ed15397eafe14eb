import type { BadRecord, InputItem } from "../input/input-item.js";
import type { ProduceRun } from "./produce-run.js";

/** When to stop, and what to do about bad records. */
export interface FeedPolicy {
  readonly skipBad: boolean;
  /** Records at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Called for every bad record that is passed over. */
  readonly onSkipped: (bad: BadRecord) => void;
}

/** Why the feeding came to its end. */
export type FeedEnd =
  | { readonly type: "input-ended" }
  | { readonly type: "limit-reached" }
  | { readonly type: "interrupted" }
  | { readonly type: "bad-record"; readonly bad: BadRecord }
  /** A record was not acknowledged; `ProduceRun.firstFailure` says why. */
  | { readonly type: "delivery-failed" };

/** Sends the records of an input until its end, or until something stops it; resolves when all that was sent is settled. */
export async function feed(
  batches: AsyncIterable<readonly InputItem[]> | Iterable<readonly InputItem[]>,
  run: ProduceRun,
  policy: FeedPolicy,
): Promise<FeedEnd> {
  let end: FeedEnd;
  try {
    end = await feedAll(batches, run, policy);
  } finally {
    await run.settled();
  }
  // The last records fail when nothing is left to read.
  const isComplete = end.type === "input-ended" || end.type === "limit-reached";
  return isComplete && run.firstFailure !== undefined ? { type: "delivery-failed" } : end;
}

async function feedAll(
  batches: AsyncIterable<readonly InputItem[]> | Iterable<readonly InputItem[]>,
  run: ProduceRun,
  policy: FeedPolicy,
): Promise<FeedEnd> {
  for await (const batch of batches) {
    for (const item of batch) {
      const end = await feedItem(item, run, policy);
      if (end !== undefined) return end;
    }
  }
  return { type: policy.signal.aborted ? "interrupted" : "input-ended" };
}

async function feedItem(item: InputItem, run: ProduceRun, policy: FeedPolicy): Promise<FeedEnd | undefined> {
  if (policy.signal.aborted) return { type: "interrupted" };
  if (run.firstFailure !== undefined) return { type: "delivery-failed" };
  if (item.type === "record" && run.ledger.count >= policy.limit) return { type: "limit-reached" };
  const problem = item.type === "bad" ? item.problem : await run.send(item);
  if (problem === undefined) return undefined;
  const bad: BadRecord = item.type === "bad" ? item : { type: "bad", line: item.line, problem, fatal: false };
  if (!policy.skipBad || bad.fatal) return { type: "bad-record", bad };
  policy.onSkipped(bad);
  return undefined;
}

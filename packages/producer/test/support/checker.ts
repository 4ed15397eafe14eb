import type { PubAck } from "../../src/index.js";
import type { StoredMessage } from "./stored-messages.js";

/** What became of every message of a scenario, by its text. */
export interface Verdict {
  /** Acknowledged, and not stored. */
  readonly lost: string[];
  readonly storedTwice: string[];
  /** Neither acknowledged nor reported. */
  readonly silent: string[];
  /** Reported as not stored, and stored all the same. */
  readonly wronglyDenied: string[];
  /** Stored after a message of its partition that was produced later. */
  readonly outOfOrder: string[];
  readonly acknowledged: number;
  readonly failed: number;
}

/** One outcome per message, in the order of producing; the text of message i is `String(i)`. */
export type Outcomes = readonly PromiseSettledResult<PubAck>[];

export function judge(attempted: number, outcomes: Outcomes, stored: readonly StoredMessage[]): Verdict {
  const copies = new Map<string, number>();
  const outOfOrder: string[] = [];
  const newest = new Map<number, number>();
  for (const { partition, text } of stored) {
    copies.set(text, (copies.get(text) ?? 0) + 1);
    if (Number(text) < (newest.get(partition) ?? -1)) outOfOrder.push(text);
    newest.set(partition, Math.max(Number(text), newest.get(partition) ?? -1));
  }
  const texts = Array.from({ length: attempted }, (_, i) => String(i));
  const outcomeOf = (text: string): PromiseSettledResult<PubAck> | undefined => outcomes[Number(text)];
  const isDenied = (outcome: PromiseSettledResult<PubAck> | undefined): boolean =>
    outcome?.status === "rejected" && (outcome.reason as { outcome: string }).outcome !== "unknown";
  return {
    lost: texts.filter((text) => outcomeOf(text)?.status === "fulfilled" && !copies.has(text)),
    storedTwice: texts.filter((text) => (copies.get(text) ?? 0) > 1),
    silent: texts.filter((text) => outcomeOf(text) === undefined),
    wronglyDenied: texts.filter((text) => isDenied(outcomeOf(text)) && copies.has(text)),
    outOfOrder,
    acknowledged: outcomes.filter(({ status }) => status === "fulfilled").length,
    failed: outcomes.filter(({ status }) => status === "rejected").length,
  };
}

/** The verdict of a scenario in which nothing went wrong. */
export function faultless(attempted: number): Verdict {
  return {
    lost: [],
    storedTwice: [],
    silent: [],
    wronglyDenied: [],
    outOfOrder: [],
    acknowledged: attempted,
    failed: 0,
  };
}

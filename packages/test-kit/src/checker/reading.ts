import { describeFinding, type Finding, FindingCounter, type Promised } from "./verdict.js";

/** A message as a member of a group was handed it. */
export interface ReceivedIndex {
  /** The number that the message carries. */
  readonly index: number;
  /** From 1. */
  readonly partition: number;
}

/** What came of every message of a run in one group. */
export interface Reading {
  /** That the group was to get. */
  readonly messages: number;
  /** That it got, each counted once. */
  readonly received: number;
  /** Hand-outs beyond the first of each message. */
  readonly redeliveries: number;
  /** Stored, and never handed to any member. */
  readonly missing: Finding;
  /** Handed out, and never produced. */
  readonly unexpected: Finding;
  /** First handed out after a message of its partition that was produced later; a defect only where order is promised. */
  readonly reorderedInPartition: Finding;
  /** As well, of its key. */
  readonly reorderedByKey: Finding;
}

/** Follows what the members of one group are handed, in the order in which it happens. One byte a message. */
export class ReadingAudit {
  readonly #messages: number;
  readonly #keyOf: (index: number) => number;
  readonly #seen: Uint8Array;
  readonly #newestInPartition = new Map<number, number>();
  readonly #newestOfKey = new Map<number, number>();
  readonly #unexpected = new FindingCounter();
  readonly #reorderedInPartition = new FindingCounter();
  readonly #reorderedByKey = new FindingCounter();
  #received = 0;
  #redeliveries = 0;

  /** @param messages - indexes from 0 on, produced in their order. @param keyOf - the number of a message's key. */
  constructor(messages: number, keyOf: (index: number) => number) {
    this.#messages = messages;
    this.#keyOf = keyOf;
    this.#seen = new Uint8Array(messages);
  }

  get received(): number {
    return this.#received;
  }

  add({ index, partition }: ReceivedIndex): void {
    if (!(index >= 0 && index < this.#messages)) {
      this.#unexpected.add(index);
      return;
    }
    if (this.#seen[index] === 1) {
      this.#redeliveries++;
      return;
    }
    this.#seen[index] = 1;
    this.#received++;
    follow(this.#newestInPartition, partition, { index, late: this.#reorderedInPartition });
    follow(this.#newestOfKey, this.#keyOf(index), { index, late: this.#reorderedByKey });
  }

  /** @param excused - messages that may be missing, such as those that became dead letters. */
  reading(excused: ReadonlySet<number> = new Set()): Reading {
    const missing = new FindingCounter();
    for (let index = 0; index < this.#messages; index++) {
      if (this.#seen[index] === 0 && !excused.has(index)) missing.add(index);
    }
    return {
      messages: this.#messages,
      received: this.#received,
      redeliveries: this.#redeliveries,
      missing,
      unexpected: this.#unexpected,
      reorderedInPartition: this.#reorderedInPartition,
      reorderedByKey: this.#reorderedByKey,
    };
  }
}

function follow(
  newest: Map<number, number>,
  lane: number,
  { index, late }: { readonly index: number; readonly late: FindingCounter },
): void {
  if (index < (newest.get(lane) ?? -1)) late.add(index);
  else newest.set(lane, index);
}

/** The broken promises in words, one a kind; empty when all were kept. */
export function brokenReading(reading: Reading, { order }: Promised): string[] {
  const kinds = order
    ? (["missing", "unexpected", "reorderedInPartition", "reorderedByKey"] as const)
    : (["missing", "unexpected"] as const);
  return kinds.filter((kind) => reading[kind].count > 0).map((kind) => `${kind}: ${describeFinding(reading[kind])}`);
}

/** Everything that can be wrong with one message, whatever the order. */
export const DEFECTS = [
  /** Acknowledged, and not stored. */
  "lost",
  /** Stored more than once. */
  "duplicated",
  /** Neither acknowledged nor reported (by promise and by event). */
  "silent",
  /** Reported as not sent or rejected, and stored all the same. */
  "wronglyDenied",
  /** Acknowledged and failed, or told the same end twice, or two different ones. */
  "contradicted",
  /** Acknowledged under a partition and sequence where it is not. */
  "misplaced",
  /** Stored, and never attempted. */
  "unexpected",
] as const;

/** What can be wrong with the order; a defect only where order is promised. */
export const ORDER_DEFECTS = [
  /** Stored after a message of its partition that was produced later. */
  "reorderedInPartition",
  /** Stored after a message of its key that was produced later. */
  "reorderedByKey",
  /** On another partition than an earlier stored message of its key. */
  "splitKeys",
] as const;

export type Defect = (typeof DEFECTS)[number] | (typeof ORDER_DEFECTS)[number];

/** How many messages a thing was found of, and the first of them. */
export interface Finding {
  readonly count: number;
  /** Indexes, at most {@link MAX_EXAMPLES}, ascending only where found so; -1 for a message whose text is no index. */
  readonly examples: readonly number[];
}

const MAX_EXAMPLES = 10;

/** What became of every message of a run. */
export interface Verdict {
  readonly attempted: number;
  readonly acknowledged: number;
  /** Acknowledgements that said that the broker had it already. */
  readonly duplicateAcks: number;
  readonly notSent: number;
  readonly rejected: number;
  readonly unknown: number;
  /** Messages on the server, copies included. */
  readonly stored: number;
  /** Reported as unknown, and stored: no defect, that is what the word means. */
  readonly recovered: Finding;
  readonly defects: Readonly<Record<Defect, Finding>>;
}

/** Collects what was found of one kind. */
export class FindingCounter implements Finding {
  count = 0;
  readonly examples: number[] = [];

  add(index: number): void {
    this.count++;
    if (this.examples.length < MAX_EXAMPLES) this.examples.push(index);
  }
}

/** What a run promises beyond the seven defects, which are none in any run. */
export interface Promised {
  /** Whether messages must be stored in the order of the calls, per partition and per key. */
  readonly order: boolean;
}

/** The broken promises in words, one a kind: `lost: 2 (4, 17)`; empty when all were kept. */
export function brokenPromises(verdict: Verdict, { order }: Promised): string[] {
  const kinds: readonly Defect[] = order ? [...DEFECTS, ...ORDER_DEFECTS] : DEFECTS;
  return kinds
    .filter((kind) => verdict.defects[kind].count > 0)
    .map((kind) => `${kind}: ${describeFinding(verdict.defects[kind])}`);
}

/** How many, and the first of them. */
export function describeFinding({ count, examples }: Finding): string {
  return `${count} (${examples.join(", ")}${count > examples.length ? ", …" : ""})`;
}

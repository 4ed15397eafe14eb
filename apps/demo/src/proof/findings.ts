/** Everything that a proof can find wrong. */
export const FINDING_KINDS = ["missing", "twice", "outOfOrder", "splitKey", "changed", "unexpected"] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** How often something was found wrong, and where first. */
interface Finding {
  readonly count: number;
  /** In words, five at most. */
  readonly examples: readonly string[];
}

export type Findings = Readonly<Record<FindingKind, Finding>>;

export const MAX_EXAMPLES = 5;

/** Counts findings and keeps the first of each kind. */
export class FindingLog {
  readonly #findings = Object.fromEntries(
    FINDING_KINDS.map((kind) => [kind, { count: 0, examples: [] as string[] }]),
  ) as Record<FindingKind, { count: number; examples: string[] }>;

  add(kind: FindingKind, example: string, count = 1): void {
    const finding = this.#findings[kind];
    finding.count += count;
    if (finding.examples.length < MAX_EXAMPLES) finding.examples.push(example);
  }

  get total(): number {
    return FINDING_KINDS.reduce((total, kind) => total + this.#findings[kind].count, 0);
  }

  get findings(): Findings {
    return this.#findings;
  }
}

/** What a failure says of the broker; the same three words as `StationkitError.outcome`. */
export type FailureOutcome = "not-sent" | "rejected" | "unknown";

/** Where an acknowledgement says that its message is stored. */
export interface Place {
  /** From 1. */
  readonly partition: number;
  /** From 1, per partition; undefined when the acknowledgement does not say it. */
  readonly sequence: number | undefined;
  readonly duplicate: boolean | undefined;
}

const ATTEMPTED = 1;
const ACKNOWLEDGED = 2;
/** The delivery's promise was rejected. */
const FAILED = 4;
/** The event told of it. */
const REPORTED = 8;
/** `produce` itself was rejected: the message was never admitted, and no event is due. */
const REFUSED = 16;
const OUTCOME_SHIFT = 5;
const CONTRADICTED = 128;

const OUTCOMES: readonly FailureOutcome[] = ["not-sent", "rejected", "unknown"];
const NO_KEY = 0;
/** The acknowledgement names the partition alone. */
const UNTOLD = 0;

/**
 * What a caller did and heard, message by message. A message is known by its index, from 0 in the order of the calls. Eleven
 * bytes a message, so that a run of a million fits beside the producer that is watched.
 */
export class Ledger {
  #attempted = 0;
  #duplicateAcks = 0;
  #told = new Uint8Array(1_024);
  #partitions = new Uint16Array(1_024);
  #sequences = new Uint32Array(1_024);
  #keys = new Uint32Array(1_024);

  /** Messages so far; the next index. */
  get attempted(): number {
    return this.#attempted;
  }

  /** Acknowledgements that said that the broker had the message already. */
  get duplicateAcks(): number {
    return this.#duplicateAcks;
  }

  /**
   * The caller is about to produce the next message.
   * @param key - number of its key, from 0; undefined without one.
   * @returns its index.
   */
  attempt(key?: number): number {
    const index = this.#attempted++;
    if (index === this.#told.length) this.#grow();
    this.#told[index] = ATTEMPTED;
    this.#keys[index] = key === undefined ? NO_KEY : key + 1;
    return index;
  }

  /** The delivery was acknowledged. */
  acknowledge(index: number, { partition, sequence, duplicate }: Place): void {
    this.#tell(index, ACKNOWLEDGED);
    this.#partitions[index] = partition;
    this.#sequences[index] = sequence ?? UNTOLD;
    if (duplicate === true) this.#duplicateAcks++;
  }

  /** The delivery failed, as its promise says. */
  fail(index: number, outcome: FailureOutcome): void {
    this.#tell(index, FAILED, outcome);
  }

  /** The delivery failed, as the event says. */
  report(index: number, outcome: FailureOutcome): void {
    this.#tell(index, REPORTED, outcome);
  }

  /** The message was not admitted. */
  refuse(index: number, outcome: FailureOutcome): void {
    this.#tell(index, REFUSED, outcome);
  }

  isAcknowledged(index: number): boolean {
    return (this.#toldOf(index) & ACKNOWLEDGED) !== 0;
  }

  /** Whether its acknowledgement speaks of this very place, as far as it speaks of one. */
  isAcknowledgedAt(index: number, partition: number, sequence: number): boolean {
    if (!this.isAcknowledged(index) || this.#partitions[index] !== partition) return false;
    const told = this.#sequences[index];
    return told === sequence || told === UNTOLD;
  }

  /** undefined when no failure was told. */
  failureOf(index: number): FailureOutcome | undefined {
    const told = this.#toldOf(index);
    if ((told & (FAILED | REPORTED | REFUSED)) === 0) return undefined;
    return OUTCOMES[(told >> OUTCOME_SHIFT) & 3];
  }

  /** Neither acknowledged nor reported, or reported to one of the two who wait for it (promise, event) and not to the other. */
  isSilent(index: number): boolean {
    const told = this.#toldOf(index);
    if ((told & (ACKNOWLEDGED | REFUSED)) !== 0) return false;
    return (told & FAILED) === 0 || (told & REPORTED) === 0;
  }

  /** Told two things that cannot both be, or one thing twice. */
  isContradicted(index: number): boolean {
    return (this.#toldOf(index) & CONTRADICTED) !== 0;
  }

  /** Number of its key, undefined without one. */
  keyOf(index: number): number | undefined {
    const key = this.#keys[index] ?? NO_KEY;
    return key === NO_KEY ? undefined : key - 1;
  }

  #tell(index: number, what: number, outcome?: FailureOutcome): void {
    const before = this.#toldOf(index);
    const failedBefore = this.failureOf(index);
    const isOtherEnd = (before & (ACKNOWLEDGED | REFUSED)) !== 0 || (what !== FAILED && what !== REPORTED);
    const contradicts =
      (before & what) !== 0 ||
      ((before & ~ATTEMPTED) !== 0 && isOtherEnd) ||
      (failedBefore !== undefined && failedBefore !== outcome);
    const failure =
      outcome === undefined || failedBefore !== undefined ? 0 : OUTCOMES.indexOf(outcome) << OUTCOME_SHIFT;
    this.#told[index] = before | what | failure | (contradicts ? CONTRADICTED : 0);
  }

  #toldOf(index: number): number {
    const told = index < this.#attempted ? this.#told[index] : undefined;
    if (told === undefined) throw new RangeError(`message ${index} was never attempted`);
    return told;
  }

  #grow(): void {
    const size = this.#told.length * 2;
    this.#told = copyInto(new Uint8Array(size), this.#told);
    this.#partitions = copyInto(new Uint16Array(size), this.#partitions);
    this.#sequences = copyInto(new Uint32Array(size), this.#sequences);
    this.#keys = copyInto(new Uint32Array(size), this.#keys);
  }
}

function copyInto<A extends Uint8Array | Uint16Array | Uint32Array>(target: A, source: A): A {
  target.set(source);
  return target;
}

import type { RecordMark } from "./record-mark.js";
import { HASH_RANGE, hashText } from "./text-hash.js";

/** What the records of a run add up to; the order in which they are added does not matter. */
export class RecordSum {
  #count = 0;
  #sum = 0;

  /** @param markText - with the checksum of the payload as it is here. */
  add(markText: string): void {
    this.#count++;
    this.#sum = (this.#sum + hashText(markText)) % HASH_RANGE;
  }

  get count(): number {
    return this.#count;
  }

  equals(other: RecordSum): boolean {
    return this.#count === other.#count && this.#sum === other.#sum;
  }
}

/**
 * What a run has read from its input and handed to the producer: what a proof compares with. Acknowledgements have no part in it.
 * Indexes are given without gaps, from 0.
 */
export class Ledger {
  readonly run: string;
  readonly sum: RecordSum = new RecordSum();

  constructor(run: string) {
    this.run = run;
  }

  get count(): number {
    return this.sum.count;
  }

  add(mark: RecordMark): void {
    this.sum.add(mark.text);
  }
}

import type { Ledger } from "./ledger.js";
import { type Defect, DEFECTS, FindingCounter, ORDER_DEFECTS, type Verdict } from "./verdict.js";

/** A message as the server has it. */
export interface StoredIndex {
  /** The number that the message carries; undefined when it carries none. */
  readonly index: number | undefined;
  readonly partition: number;
  readonly sequence: number;
}

/** Which part of a run is to be judged. */
export interface AuditOptions {
  /**
   * Acknowledged messages below this index were removed by the scenario itself (a destroyed station) and are not missed;
   * all other questions are asked of them, too. Default 0.
   */
  readonly keptFrom?: number;
}

const COPIES = 3;
const AT_ITS_PLACE = 4;

/**
 * Compares what a caller heard with what the server holds. Messages are given partition by partition, each in the order of its
 * sequences. One byte a message beside the ledger.
 */
export class Audit {
  readonly #ledger: Ledger;
  readonly #keptFrom: number;
  readonly #seen: Uint8Array;
  readonly #newestInPartition = new Map<number, number>();
  readonly #newestOfKey = new Map<number, { partition: number; index: number }>();
  readonly #defects: Record<Defect, FindingCounter>;
  readonly #recovered = new FindingCounter();
  #stored = 0;

  constructor(ledger: Ledger, { keptFrom = 0 }: AuditOptions = {}) {
    this.#ledger = ledger;
    this.#keptFrom = keptFrom;
    this.#seen = new Uint8Array(ledger.attempted);
    this.#defects = Object.fromEntries(
      [...DEFECTS, ...ORDER_DEFECTS].map((kind) => [kind, new FindingCounter()]),
    ) as Record<Defect, FindingCounter>;
  }

  /** One stored message. */
  add({ index, partition, sequence }: StoredIndex): void {
    this.#stored++;
    if (index === undefined || index >= this.#seen.length) {
      this.#defects.unexpected.add(index ?? -1);
      return;
    }
    const seen = this.#seen[index] ?? 0;
    const copies = Math.min(COPIES, (seen & COPIES) + 1);
    const isAtItsPlace = this.#ledger.isAcknowledgedAt(index, partition, sequence);
    this.#seen[index] = copies | (seen & AT_ITS_PLACE) | (isAtItsPlace ? AT_ITS_PLACE : 0);
    if (copies === 2) this.#defects.duplicated.add(index);
    this.#followPartition(index, partition);
    const key = this.#ledger.keyOf(index);
    if (key !== undefined) this.#followKey(key, index, partition);
  }

  verdict(): Verdict {
    const failures = { "not-sent": 0, rejected: 0, unknown: 0 };
    let acknowledged = 0;
    for (let index = 0; index < this.#seen.length; index++) {
      const failure = this.#ledger.failureOf(index);
      if (failure !== undefined) failures[failure]++;
      if (this.#ledger.isAcknowledged(index)) acknowledged++;
      this.#judge(index);
    }
    return {
      attempted: this.#seen.length,
      acknowledged,
      duplicateAcks: this.#ledger.duplicateAcks,
      notSent: failures["not-sent"],
      rejected: failures.rejected,
      unknown: failures.unknown,
      stored: this.#stored,
      recovered: this.#recovered,
      defects: this.#defects,
    };
  }

  #judge(index: number): void {
    const seen = this.#seen[index] ?? 0;
    const isStored = (seen & COPIES) > 0;
    const failure = this.#ledger.failureOf(index);
    if (this.#ledger.isAcknowledged(index) && index >= this.#keptFrom) {
      if (!isStored) this.#defects.lost.add(index);
      else if ((seen & AT_ITS_PLACE) === 0) this.#defects.misplaced.add(index);
    }
    if (this.#ledger.isSilent(index)) this.#defects.silent.add(index);
    if (this.#ledger.isContradicted(index)) this.#defects.contradicted.add(index);
    if (failure === undefined || !isStored) return;
    if (failure === "unknown") this.#recovered.add(index);
    else this.#defects.wronglyDenied.add(index);
  }

  #followPartition(index: number, partition: number): void {
    const newest = this.#newestInPartition.get(partition) ?? -1;
    if (index < newest) this.#defects.reorderedInPartition.add(index);
    else this.#newestInPartition.set(partition, index);
  }

  #followKey(key: number, index: number, partition: number): void {
    const newest = this.#newestOfKey.get(key);
    if (newest === undefined) {
      this.#newestOfKey.set(key, { partition, index });
      return;
    }
    if (newest.partition !== partition) this.#defects.splitKeys.add(index);
    else if (index < newest.index) this.#defects.reorderedByKey.add(index);
    else newest.index = index;
  }
}

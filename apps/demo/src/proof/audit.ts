import { crc32 } from "node:zlib";
import { FindingLog, type Findings, MAX_EXAMPLES } from "./findings.js";
import { IndexSet } from "./index-set.js";
import { KeyTable } from "./key-table.js";
import { type Ledger, RecordSum } from "./ledger.js";
import { encodeMark, type RecordMark } from "./record-mark.js";

/** A record as it was read back from the server. */
export interface StoredRecord {
  readonly mark: RecordMark;
  readonly payload: Uint8Array;
  readonly partition: number;
  /** Within its partition, from 1. */
  readonly sequence: number;
}

/** What one partition held of the run. */
export interface PartitionTally {
  messages: number;
  /** Payloads only. */
  bytes: number;
  /** Distinct keys that were first seen here. */
  keys: number;
}

/** The outcome of a proof. */
export interface Verdict {
  readonly holds: boolean;
  /** Records that should be there. */
  readonly expected: number;
  /** Different records of the run that are there. */
  readonly found: number;
  /** Distinct keys; only these were followed, when `keysLimited`. */
  readonly keys: number;
  readonly keysLimited: boolean;
  readonly findings: Findings;
  readonly partitions: ReadonlyMap<number, PartitionTally>;
}

/**
 * Compares what a station holds with what was read from the input. Records are given partition by partition, each in the order of its
 * sequences. Memory: one bit per record and a bounded table of keys.
 */
export class Audit {
  readonly ledger: Ledger;
  readonly #log = new FindingLog();
  readonly #seen = new IndexSet();
  readonly #keys: KeyTable;
  readonly #sum = new RecordSum();
  readonly #partitions = new Map<number, PartitionTally>();
  /** Per partition, for records without a key. */
  readonly #lastIndexes = new Map<number, number>();
  #keysLimited = false;

  constructor(ledger: Ledger, maxKeys?: number) {
    this.ledger = ledger;
    this.#keys = new KeyTable(maxKeys);
  }

  add(record: StoredRecord): void {
    const { mark, payload, partition, sequence } = record;
    const tally = this.#tally(partition);
    tally.messages++;
    tally.bytes += payload.length;
    const place = `record ${mark.index + 1} at sequence ${sequence} of partition ${partition}`;
    if (mark.index >= this.ledger.count) {
      this.#log.add("unexpected", `${place}: the input had only ${this.ledger.count}`);
      return;
    }
    if (!this.#seen.add(mark.index)) {
      this.#log.add("twice", place);
      return;
    }
    const checksum = crc32(payload);
    const isAsRead = checksum === mark.checksum;
    this.#sum.add(isAsRead ? mark.text : encodeMark({ ...mark, checksum }));
    if (!isAsRead) this.#log.add("changed", `${place}: the payload is not the one that was read`);
    if (mark.key === undefined) this.#followPartition(record, place);
    else this.#followKey(mark.key, record, place);
  }

  verdict(): Verdict {
    const missing = this.ledger.count - this.#seen.size;
    if (missing > 0) {
      const first = this.#seen.missingBelow(this.ledger.count, MAX_EXAMPLES).map((index) => index + 1);
      this.#log.add("missing", `record ${first.join(", ")}${missing > first.length ? ", …" : ""}`, missing);
    }
    // A mark that was changed together with its payload: no single record shows it, the sum over all of them does.
    if (this.#log.total === 0 && !this.#sum.equals(this.ledger.sum)) {
      this.#log.add("changed", "the records together do not add up to what was read");
    }
    return {
      holds: this.#log.total === 0,
      expected: this.ledger.count,
      found: this.#seen.size,
      keys: this.#keys.size,
      keysLimited: this.#keysLimited,
      findings: this.#log.findings,
      partitions: this.#partitions,
    };
  }

  #followPartition({ mark, partition }: StoredRecord, place: string): void {
    const last = this.#lastIndexes.get(partition) ?? -1;
    if (mark.index < last) this.#log.add("outOfOrder", `${place} comes after record ${last + 1}`);
    else this.#lastIndexes.set(partition, mark.index);
  }

  #followKey(key: number, { mark, partition }: StoredRecord, place: string): void {
    const known = this.#keys.size;
    const slot = this.#keys.slot(key, partition, mark.index);
    if (slot === -1) {
      this.#keysLimited = true;
      return;
    }
    if (this.#keys.size > known) {
      this.#tally(partition).keys++;
      return;
    }
    const home = this.#keys.partition(slot);
    if (home !== partition) {
      this.#log.add("splitKey", `${place} has a key that is also on partition ${home}`);
      return;
    }
    const last = this.#keys.lastIndex(slot);
    if (mark.index < last) this.#log.add("outOfOrder", `${place} comes after record ${last + 1} of the same key`);
    else this.#keys.setLastIndex(slot, mark.index);
  }

  #tally(partition: number): PartitionTally {
    let tally = this.#partitions.get(partition);
    if (tally === undefined) this.#partitions.set(partition, (tally = { messages: 0, bytes: 0, keys: 0 }));
    return tally;
  }
}

import { randomBytes } from "node:crypto";
import { PayloadTooLargeError, StationkitError, UsageError } from "@stationkit/core-protocol";
import type { PubAck } from "@stationkit/producer";
import { Ledger } from "../proof/ledger.js";
import { MARK_HEADER, markRecord } from "../proof/record-mark.js";
import { LatencyRecorder } from "./latency.js";
import type { Target } from "./target.js";

/** `sync` waits for each acknowledgement before the next record; `async` is bounded by the producer's window. */
export type ProduceMode = "sync" | "async";

/** What one partition has acknowledged. */
export interface PartitionCount {
  messages: number;
  /** Payloads only. */
  bytes: number;
}

/** What a run has come to. */
export interface RunCounts {
  /** Records that were handed over: sent, or waiting in the window. */
  readonly admitted: number;
  /** Records that every station has acknowledged. */
  readonly stored: number;
  /** Acknowledged records that the broker already had: an answer was lost, and the retry did not store it twice. */
  readonly duplicates: number;
  /** Records that were not acknowledged. */
  readonly failed: number;
  /** Failed ones that may be stored nevertheless. */
  readonly unknown: number;
}

interface RecordToSend {
  readonly payload: Uint8Array;
  readonly key: string | undefined;
}

/** Produces the records of one input, and keeps the books: the ledger for the proof, counts, and latencies. Nothing per record is kept. */
export class ProduceRun {
  readonly ledger = new Ledger(randomBytes(6).toString("hex"));
  readonly latency = new LatencyRecorder();
  /** By station, then by partition. */
  readonly partitions = new Map<string, Map<number, PartitionCount>>();
  readonly #target: Target;
  readonly #mode: ProduceMode;
  readonly #counts = { stored: 0, duplicates: 0, failed: 0, unknown: 0 };
  #firstFailure: StationkitError | undefined;
  #startedAt: number | undefined;
  #endedAt = 0;
  #open = 0;
  #onSettled: (() => void) | undefined;

  constructor(target: Target, mode: ProduceMode) {
    this.#target = target;
    this.#mode = mode;
  }

  get counts(): RunCounts {
    return { admitted: this.ledger.count, ...this.#counts };
  }

  /** Why the first failed record was not acknowledged; undefined as long as all were. */
  get firstFailure(): StationkitError | undefined {
    return this.#firstFailure;
  }

  /** Milliseconds from the first record to the last acknowledgement so far; a wait that ended in a failure is not counted. */
  get elapsedMs(): number {
    return this.#startedAt === undefined ? 0 : Math.max(1, this.#endedAt - this.#startedAt);
  }

  /**
   * Sends one record, as fast as the mode allows.
   * @returns undefined, or why a record of this form can never be sent; it is then not part of the run.
   */
  async send({ payload, key }: RecordToSend): Promise<string | undefined> {
    const mark = markRecord(this.ledger.run, this.ledger.count, payload, key);
    const headers = { [MARK_HEADER]: mark.text };
    const request = { message: payload, headers, ...(key !== undefined && { partitionKey: key }) };
    const sentAt = performance.now();
    this.#startedAt ??= sentAt;
    try {
      if (this.#mode === "sync") {
        this.#succeed(await this.#target.store(request), payload.length, sentAt);
      } else {
        const { acknowledged } = await this.#target.admit(request);
        this.#open++;
        void acknowledged.then(
          (acks) => {
            this.#succeed(acks, payload.length, sentAt);
            this.#close();
          },
          (error: unknown) => {
            this.#fail(error);
            this.#close();
          },
        );
      }
    } catch (error) {
      if (error instanceof UsageError || (error instanceof PayloadTooLargeError && error.outcome === "not-sent")) {
        return error.message;
      }
      this.#fail(error);
    }
    this.ledger.add(mark);
    return undefined;
  }

  /** Resolves when every record that was sent is acknowledged or has failed. */
  async settled(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#onSettled = resolve));
  }

  #succeed(acks: readonly PubAck[], bytes: number, sentAt: number): void {
    this.#endedAt = performance.now();
    this.latency.record(this.#endedAt - sentAt);
    this.#counts.stored++;
    let duplicate = false;
    for (const ack of acks) {
      duplicate ||= ack.duplicate;
      const count = this.#partition(ack.station, ack.partition);
      count.messages++;
      count.bytes += bytes;
    }
    if (duplicate) this.#counts.duplicates++;
  }

  #fail(error: unknown): void {
    if (!StationkitError.is(error)) throw error;
    this.#counts.failed++;
    if (error.outcome === "unknown") this.#counts.unknown++;
    this.#firstFailure ??= error;
  }

  #close(): void {
    this.#open--;
    if (this.#open === 0) this.#onSettled?.();
  }

  #partition(station: string, partition: number): PartitionCount {
    let partitions = this.partitions.get(station);
    if (partitions === undefined) this.partitions.set(station, (partitions = new Map<number, PartitionCount>()));
    let count = partitions.get(partition);
    if (count === undefined) partitions.set(partition, (count = { messages: 0, bytes: 0 }));
    return count;
  }
}

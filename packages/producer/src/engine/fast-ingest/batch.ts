import type { ApiErrorBody } from "@stationkit/core-protocol";
import type { BatchAnswer } from "./batch-answer.js";
import { classifyRefusal } from "./refusal.js";
import { OPERATION, type Operation, type ReplyAddress } from "./reply-subject.js";

/** So many acknowledgements may be outstanding: with fewer the server waits for us, with more it only has longer queues. */
const MAX_OUTSTANDING_ACKS = 3;

/**
 * `opening`: started, and the server has not said yes. `open`. `ending`: told to end. `broken`: a message of it was not taken, so
 * that nothing behind it will be; the server has still to say how far it came. `over`.
 */
export type BatchPhase = "opening" | "open" | "ending" | "broken" | "over";

/** Where a message or a command goes in its batch. */
export interface Placement {
  readonly sequence: number;
  readonly operation: Operation;
}

/** What became of the batch's messages by an answer. `stored` ones never come twice. */
export type BatchEvent<Item> =
  | { readonly type: "progress"; readonly stored: readonly Item[] }
  /** It has to be told to end, so that the server says how far it came. */
  | { readonly type: "broken" }
  | Ended<Item>
  | SingleAnswer<Item>;

/** A server that knows no batches has stored a message as any other. */
export interface SingleAnswer<Item> {
  readonly type: "single";
  /** Undefined when it was acknowledged before. */
  readonly item: Item | undefined;
  readonly answer: Extract<BatchAnswer, { type: "single" }>;
}

/** The batch is over. Every message that was not settled before is in one of the lists, in order. */
export interface Ended<Item> {
  readonly type: "ended";
  readonly stored: readonly Item[];
  /** May be stored: the server did not say. */
  readonly unsure: readonly Item[];
  /** Not stored, for certain. */
  readonly rest: readonly Item[];
  /** Which message was not taken, and why; it is the first of `rest`. */
  readonly refusal: ApiErrorBody | undefined;
}

/** What a batch knows from those before it. */
export interface BatchStart {
  /** Messages that may be sent before the server has said yes; 1 when it is not certain that it will. */
  readonly credit: number;
}

/**
 * One batch: places its messages, and reads from the server's answers what became of them. Pure; the lane does what it says.
 * @see docs/fast-ingest.md for what a server was seen to answer
 */
export class Batch<Item> {
  /** Sent and not acknowledged, in order; the first has sequence `#acked` + 1. */
  readonly #items: Item[] = [];
  #sent = 0;
  #acked = 0;
  #interval: number;
  /** The server is known to accept batches, so that this one need not wait for its yes. */
  readonly #isTrusted: boolean;
  #phase: BatchPhase = "opening";
  /** The first message that the server did not take. */
  #refused: { readonly sequence: number; readonly error: ApiErrorBody } | undefined;

  constructor({ credit }: BatchStart) {
    this.#interval = credit;
    this.#isTrusted = credit > 1;
  }

  get phase(): BatchPhase {
    return this.#phase;
  }

  /** Not acknowledged; also those that their callers gave up. */
  get unacknowledged(): readonly Item[] {
    return this.#items;
  }

  get mayAdd(): boolean {
    if (this.#phase === "opening") return this.#sent < this.#interval;
    return this.#phase === "open" && this.#sent - this.#acked < this.#interval * MAX_OUTSTANDING_ACKS;
  }

  /** Whether the server will acknowledge something without being told to end, once so many more messages are sent. */
  willBeAnswered(more = 0): boolean {
    const isUnderWay = this.#phase === "open" || (this.#phase === "opening" && this.#isTrusted);
    return !isUnderWay || this.#sent + more >= this.#acked + this.#interval;
  }

  /** @param isLast - ends the batch with this message. */
  add(item: Item, isLast: boolean): Placement {
    this.#items.push(item);
    const sequence = ++this.#sent;
    if (isLast) {
      this.#phase = "ending";
      return { sequence, operation: OPERATION.commit };
    }
    return { sequence, operation: sequence === 1 ? OPERATION.start : OPERATION.append };
  }

  /** Ends it behind its last message; a broken one stays broken. */
  end(): Placement {
    if (this.#phase !== "broken") this.#phase = "ending";
    return { sequence: ++this.#sent, operation: OPERATION.end };
  }

  ping(): Placement {
    return { sequence: this.#sent, operation: OPERATION.ping };
  }

  /** The server says nothing any more, or cannot be reached. @param wasOpened - false when it is certain that it never was. */
  giveUp(wasOpened = true): Ended<Item> {
    return this.#over(0, wasOpened ? (this.#refused?.sequence ?? Number.POSITIVE_INFINITY) : 1);
  }

  receive({ sequence, isPing }: Pick<ReplyAddress, "sequence" | "isPing">, answer: BatchAnswer): BatchEvent<Item> {
    switch (answer.type) {
      case "ack":
        return this.#acknowledged(answer.sequence, answer.interval);
      case "gap":
        // What is missing was refused, and its refusal lost, or it was lost itself; the end of the batch follows by itself.
        this.#phase = "broken";
        return { type: "progress", stored: [] };
      case "refused":
        // A ping has the place of the last message, about which it says nothing.
        return isPing ? this.giveUp() : this.#refuse(sequence, answer.error);
      case "ended":
        return this.#over(answer.count, answer.count + 1);
      case "single":
        // The others of it are stored, and answered, in the same way.
        this.#phase = "ending";
        return { type: "single", item: this.#items[sequence - this.#acked - 1], answer };
      case "unreadable":
        return this.giveUp();
    }
  }

  #acknowledged(sequence: number, interval: number): BatchEvent<Item> {
    this.#interval = interval;
    if (this.#phase === "opening") this.#phase = "open";
    return { type: "progress", stored: this.#take(sequence) };
  }

  #refuse(sequence: number, error: ApiErrorBody): BatchEvent<Item> {
    if (this.#refused === undefined || sequence < this.#refused.sequence) this.#refused = { sequence, error };
    // Nothing is in a batch whose first message was refused, and a batch that is gone says nothing more.
    if (sequence === 1 || classifyRefusal(error) !== "message") return this.#over(0, sequence);
    const isNew = this.#phase !== "broken";
    this.#phase = "broken";
    return isNew ? { type: "broken" } : { type: "progress", stored: [] };
  }

  /** @param stored - last sequence that is. @param notStored - first sequence that is not, for certain. */
  #over(stored: number, notStored: number): Ended<Item> {
    this.#phase = "over";
    const done = this.#take(stored);
    const unsure = this.#take(notStored - 1);
    const firstLeft = this.#acked + 1;
    const rest = this.#take(Number.POSITIVE_INFINITY);
    const refusal = this.#refused?.sequence === firstLeft ? this.#refused.error : undefined;
    return { type: "ended", stored: done, unsure, rest, refusal };
  }

  #take(upTo: number): Item[] {
    const count = Math.max(0, Math.min(upTo - this.#acked, this.#items.length));
    this.#acked += count;
    return this.#items.splice(0, count);
  }
}

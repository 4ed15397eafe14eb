import { inspect } from "node:util";
import type { Outbound, StationkitError } from "@stationkit/core-protocol";
import type { Delivery, PubAck } from "../delivery.js";
import type { ProduceRequest } from "../produce-request.js";
import type { EncodedMessage } from "./encode.js";
import type { Linked } from "./linked-queue.js";
import type { Awaiting } from "./reply-subjects.js";

/** Where an admitted message stands in its lane. */
export type SendState =
  /** Not on the wire: never sent, or to be sent again. */
  | "waiting"
  /** On the wire, an answer may still come in time. */
  | "sent"
  /** Sent and unanswered for too long, but sending again could store it twice: a late answer is all that can help. */
  | "overdue";

/** What is known of a message before it is admitted. */
export interface PreparedMessage {
  readonly request: ProduceRequest;
  readonly station: string;
  readonly partition: number;
  readonly msgId: string | undefined;
  readonly encoded: EncodedMessage;
  /** Milliseconds from the call to the end of trying. */
  readonly deliveryTimeoutMs: number;
  /** That end as a point in time, milliseconds since 1970. */
  readonly deadline: number;
}

/** A message as a failure shows it. */
export interface MessagePart {
  readonly request: ProduceRequest;
  readonly msgId: string | undefined;
  readonly sizeBytes: number;
}

/** One message from admission to settlement; also the delivery that the caller holds. */
export class PendingMessage implements Delivery, Linked<PendingMessage>, Awaiting {
  static {
    // Not a method: a computed name cannot be declared under isolatedDeclarations.
    Object.defineProperty(this.prototype, inspect.custom, {
      value(this: PendingMessage): object {
        return this.toJSON();
      },
    });
  }

  next: PendingMessage | undefined;
  previous: PendingMessage | undefined;

  readonly prepared: PreparedMessage;
  readonly sizeBytes: number;
  state: SendState = "waiting";
  reply: string | undefined;
  replyPlace = 0;
  attempts = 0;
  firstSentAt = 0;
  lastSentAt = 0;
  /** True once a try ended without an answer: from then on "not stored" can no longer be claimed. */
  mayBeStored = false;
  lastRefusal: StationkitError | undefined;
  /** Which flush has to wait for it. */
  generation = 0;

  #removeAbortListener: (() => void) | undefined;
  #result: PubAck | StationkitError | undefined;
  #promise: Promise<PubAck> | undefined;
  #resolve: ((ack: PubAck) => void) | undefined;
  #reject: ((error: StationkitError) => void) | undefined;

  constructor(prepared: PreparedMessage) {
    this.prepared = prepared;
    this.sizeBytes = prepared.encoded.sizeBytes;
  }

  get station(): string {
    return this.prepared.station;
  }

  get partition(): number {
    return this.prepared.partition;
  }

  get msgId(): string | undefined {
    return this.prepared.msgId;
  }

  /** The messages that it is on the wire, and that a failure is reported for; more than one in an atomic batch. */
  get parts(): readonly MessagePart[] {
    return [{ request: this.prepared.request, msgId: this.msgId, sizeBytes: this.sizeBytes }];
  }

  /** How errors call it. */
  get label(): string {
    return this.msgId === undefined ? "message" : `message ${this.msgId}`;
  }

  /** Writes one try. @throws whatever `outbound` throws. */
  publish(outbound: Outbound, subject: string, reply: string): void {
    outbound.publish(subject, reply, this.prepared.encoded);
  }

  get isSettled(): boolean {
    return this.#result !== undefined;
  }

  /** Made on first use, so that a caller who never looks costs no promise. */
  get acknowledged(): Promise<PubAck> {
    if (this.#promise === undefined) {
      this.#promise = new Promise((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
      });
      // A caller may look and walk away; the failure is reported by event and flush, too.
      this.#promise.catch(() => undefined);
      if (this.#result !== undefined) this.#announce(this.#result);
    }
    return this.#promise;
  }

  /** Ends the message, once; later calls do nothing. @returns whether this call ended it. */
  settle(result: PubAck | StationkitError): boolean {
    if (this.#result !== undefined) return false;
    this.#result = result;
    this.stopListening();
    this.#announce(result);
    return true;
  }

  /** Keeps how to take the abort listener back: done when the message is settled. */
  set abortListener(remove: () => void) {
    this.#removeAbortListener = remove;
  }

  stopListening(): void {
    this.#removeAbortListener?.();
    this.#removeAbortListener = undefined;
  }

  /** As the caller sees it: neighbours in a queue and bytes are not for logs. */
  toJSON(): object {
    const { station, partition, msgId } = this;
    return { station, partition, msgId };
  }

  #announce(result: PubAck | StationkitError): void {
    if (result instanceof Error) this.#reject?.(result);
    else this.#resolve?.(result);
  }
}

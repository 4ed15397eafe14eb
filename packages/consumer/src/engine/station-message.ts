import { types } from "node:util";
import {
  type Connection,
  type MessageHeaders,
  requireDurationMs,
  requireKnownKeys,
  UsageError,
} from "@stationkit/core-protocol";
import { UndecodableMessageError } from "../consumer-errors.js";
import type { AckOptions, ConsumerMessage } from "../message.js";
import { type DeliveryPlace, parseAckSubject } from "./ack-subject.js";
import { ANSWER, delayAnswer } from "./answers.js";
import type { Cohort } from "./handed-out.js";

type NatsConnection = Connection["natsConnection"];
/** A message as nats.js gives it. */
export type NatsMessage = Parameters<
  NonNullable<NonNullable<Parameters<NatsConnection["subscribe"]>[1]>["callback"]>
>[1];

/** What a message needs of whoever it came through. */
export interface MessageOwner {
  readonly station: string;
  readonly partition: number;
  /** @returns false when it could not be written. */
  write(message: StationMessage, word: string): boolean;
  /** An answer was written that ends the message. */
  answered(message: StationMessage): void;
  /** The time for the answer begins anew. */
  renewed(message: StationMessage): void;
  confirm(message: StationMessage): Promise<void>;
  /** Counts a message as handed out. @param keepsRoom - until it is answered; otherwise its room is free at once. */
  handOut(message: StationMessage, keepsRoom: boolean): void;
  /** Whether a message that waits for somebody who stands still may go to others: it costs a delivery. */
  mayGiveBack(message: StationMessage): boolean;
  /** A message takes up no room any more. */
  release(message: StationMessage): void;
  bury(message: StationMessage, reason: string): Promise<void>;
}

const NOT_DESERIALIZED = Symbol("not deserialized");
/** Of an ack subject in a form that is not known: only its stream could be told. */
const NOWHERE: DeliveryPlace = {
  ...{ stream: "", durable: "", deliveries: 1, sequence: 0, consumerSequence: 0, storedAtMs: 0, pending: 0 },
};
const DONE = Promise.resolve();
const ACK_OPTIONS: ReadonlySet<string> = new Set(["confirmed"]);
const decoder = new TextDecoder();
/** Tells members of an exclusive group apart; of no use to a reader. */
const PIN_HEADER = "Nats-Pin-Id";

/** The one object per message. What is not needed to hand it out is made when it is asked for. */
export class StationMessage implements ConsumerMessage<unknown> {
  readonly owner: MessageOwner;
  readonly ackSubject: string;
  readonly sizeBytes: number;
  /** When its time for an answer began. */
  tick: number;
  /** Set while it is in a reader's hands. */
  cohort: Cohort | undefined = undefined;
  /** Counts in its partition's window until it is answered. */
  keepsRoom = false;
  isAnswered = false;
  /** Its dead letter is being stored: no other answer counts, and the time for it goes on. */
  #isBeingBuried = false;
  /** Its reader may die of the next one: its answer is not to wait. */
  isUrgent = false;
  readonly #message: NatsMessage;
  #place: DeliveryPlace | undefined = undefined;
  #headers: MessageHeaders | undefined = undefined;
  #value: unknown = NOT_DESERIALIZED;

  constructor(owner: MessageOwner, message: NatsMessage, tick: number) {
    this.owner = owner;
    this.#message = message;
    this.ackSubject = message.reply ?? "";
    this.sizeBytes = sizeOf(message);
    this.tick = tick;
  }

  get value(): unknown {
    return this.#value === NOT_DESERIALIZED ? this.data : this.#value;
  }

  /** @throws {UndecodableMessageError} when the deserializer throws, or does not give the value itself. */
  deserialize(deserializer: (data: Uint8Array) => unknown): void {
    try {
      this.#value = requireValue(deserializer(this.data));
    } catch (cause) {
      throw new UndecodableMessageError(this, { cause });
    }
  }

  get data(): Uint8Array {
    return this.#message.data;
  }

  get headers(): MessageHeaders {
    return (this.#headers ??= readHeaders(this.#message.headers));
  }

  get station(): string {
    return this.owner.station;
  }

  get partition(): number {
    return this.owner.partition;
  }

  get sequence(): number {
    return this.place.sequence;
  }

  get deliveries(): number {
    return this.place.deliveries;
  }

  get storedAt(): Date {
    return new Date(this.place.storedAtMs);
  }

  get place(): DeliveryPlace {
    return (this.#place ??= parseAckSubject(this.ackSubject) ?? NOWHERE);
  }

  text(): string {
    return decoder.decode(this.#message.data);
  }

  json(): unknown {
    try {
      return JSON.parse(this.text());
    } catch (cause) {
      throw new UndecodableMessageError(this, { cause });
    }
  }

  ack(options?: AckOptions): Promise<void> {
    if (options !== undefined) {
      requireKnownKeys("ack", options, ACK_OPTIONS);
      if (options.confirmed === true) return this.#confirm();
    }
    return this.#answer(ANSWER.ack);
  }

  nack(): Promise<void> {
    return this.#answer(ANSWER.nack);
  }

  delay(delayMs: number): Promise<void> {
    return this.#answer(delayAnswer(requireDurationMs("delayMs", delayMs)));
  }

  working(): Promise<void> {
    if (this.isAnswered && !this.#isBeingBuried) return DONE;
    if (!this.owner.write(this, ANSWER.working)) return DONE;
    this.owner.renewed(this);
    return DONE;
  }

  async deadLetter(reason: string): Promise<void> {
    if (typeof reason !== "string") throw new UsageError(`reason must be a string, not ${typeof reason}`);
    if (this.isAnswered) return;
    this.isAnswered = this.#isBeingBuried = true;
    try {
      await this.owner.bury(this, reason);
    } catch (error) {
      this.isAnswered = false;
      throw error;
    } finally {
      this.#isBeingBuried = false;
    }
  }

  /** It is stored as a dead letter: the group is not sent it again. Should this get lost, it is, and becomes the same dead letter. */
  terminate(): void {
    // Not an answer like others: this one was decided on before the dead letter was stored.
    this.isAnswered = this.owner.write(this, ANSWER.terminate);
    if (this.isAnswered) this.owner.answered(this);
  }

  #answer(word: string): Promise<void> {
    if (this.isAnswered) return DONE;
    if (!this.owner.write(this, word)) return DONE;
    this.isAnswered = true;
    this.owner.answered(this);
    return DONE;
  }

  async #confirm(): Promise<void> {
    if (this.isAnswered) return;
    // At once, so that a second call does not send a second answer.
    this.isAnswered = true;
    try {
      await this.owner.confirm(this);
    } catch (error) {
      this.isAnswered = false;
      throw error;
    }
    this.owner.answered(this);
  }

  /** A message is written to logs as what and where it is, not with all that it is connected to. */
  toJSON(): object {
    const { station, partition, sequence, deliveries } = this;
    return { station, partition, sequence, deliveries };
  }
}

/** As the server counts it for `max_bytes`. `size` is not among what nats.js's types promise; without it headers are left out. */
function sizeOf(message: NatsMessage & { size?(): number }): number {
  return message.size?.() ?? message.data.length;
}

function readHeaders(headers: NatsMessage["headers"]): MessageHeaders {
  const read: Record<string, string | readonly string[]> = {};
  for (const [name, values] of headers ?? []) {
    if (name !== PIN_HEADER) read[name] = values.length === 1 ? values.join("") : values;
  }
  return Object.freeze(read);
}

/** A promise would be handed out in the place of the value, and its rejection would be nobody's. */
function requireValue(value: unknown): unknown {
  if (!types.isPromise(value)) return value;
  value.catch(() => undefined);
  throw new TypeError("the deserializer must be synchronous, and gave a promise");
}

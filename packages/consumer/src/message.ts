import type { MessageHeaders } from "@stationkit/core-protocol";

/** How to acknowledge. */
export interface AckOptions {
  /** Wait until the server has taken the acknowledgement down. Costs a round trip. Default false. */
  readonly confirmed?: boolean;
}

/**
 * A message in the hands of its reader. It is delivered again, to any member of its group, unless it is answered (`ack`, `nack`,
 * `delay`, `deadLetter`) within the group's `ackTimeoutMs`; `working` begins that time anew. The first answer counts, later ones do
 * nothing.
 */
export interface ConsumerMessage<T = Uint8Array> {
  /** What the deserializer made of the bytes; without one, the bytes. */
  readonly value: T;
  /** The payload. A part of a larger buffer: copy it (`data.slice()`) where it is kept for long. */
  readonly data: Uint8Array;
  /** As they were produced, with those that producer and server have added. */
  readonly headers: MessageHeaders;
  readonly station: string;
  /** From 1. */
  readonly partition: number;
  /** JetStream sequence, from 1, per partition. */
  readonly sequence: number;
  /** How often the group was sent this message, this time included: 1 for the first. */
  readonly deliveries: number;
  /** When it was stored, by the server's clock. */
  readonly storedAt: Date;
  /** True when an answer is on its way, or here to be written, and while the message is being stored as a dead letter. */
  readonly isAnswered: boolean;
  /** The payload as UTF-8. */
  text(): string;
  /** The payload as JSON, without checks of its form. @throws {UndecodableMessageError} when it is none. */
  json(): unknown;
  /**
   * The message is done with. Resolves when the acknowledgement is on its way: written, or waiting for the connection to come back. That
   * is no proof that the server has it: a message whose acknowledgement was lost is delivered again. It does not reject. With `confirmed`,
   * resolves when the server has answered.
   * @throws {RequestTimeoutError} only when `confirmed`: the server may have it. @throws {ConnectionClosedError} as well.
   * @throws {StationNotFoundError} only when `confirmed`: its station was destroyed, even if there is another of that name.
   */
  ack(options?: AckOptions): Promise<void>;
  /** Gives the message back: it is delivered again at once, to any member. Resolves as `ack`. */
  nack(): Promise<void>;
  /** Gives the message back: it is delivered again after this time. Resolves as `ack`. @param delayMs - integer ≥ 1. */
  delay(delayMs: number): Promise<void>;
  /** Begins the time for the answer anew. Resolves as `ack`. */
  working(): Promise<void>;
  /**
   * Puts the message into the station's dead-letter station and takes it from the group. Resolves when it is stored there. From the call
   * on no other answer counts, unless this one rejects; `working` does until then.
   * @param reason - why, for people; one line of at most 1,024 characters is kept.
   * @throws {DeadLetterError} when it could not be stored: it is still the group's, and unanswered.
   */
  deadLetter(reason: string): Promise<void>;
}

import type { Listener, StationkitError } from "@stationkit/core-protocol";
import type { DeadLetterCause } from "@stationkit/station-admin";
import type { MessagePlace, UndecodableMessageError } from "./consumer-errors.js";
import type { ConsumerMessage } from "./message.js";

/** A message that was put into a dead-letter station. */
export interface DeadLetterNotice extends MessagePlace {
  readonly cause: DeadLetterCause;
  readonly reason: string;
  readonly deliveries: number;
  readonly dlsStation: string;
}

/** Which part of a station an event is about. */
export interface PartitionPlace {
  readonly station: string;
  /** From 1. */
  readonly partition: number;
}

/** Events of a consumer. */
export interface ConsumerEvents<T = Uint8Array> {
  /**
   * A message. One listener at most; while there is one, messages are neither iterated over nor fetched. When the listener returns a
   * promise, the next message of the same partition waits for it; partitions do not wait for each other.
   */
  message: [message: ConsumerMessage<T>];
  /** The listener of `message` threw, or rejected; the message was given back. Without a listener here, the error is thrown as uncaught. */
  "handler-failed": [error: unknown, message: ConsumerMessage<T>];
  /** A message that the deserializer cannot read; it becomes a dead letter. */
  "message-undecodable": [error: UndecodableMessageError];
  "message-dead-lettered": [notice: DeadLetterNotice];
  /**
   * A dead letter could not be stored; its message is delivered again after the group's `ackTimeoutMs`. Of a group with a limit of the
   * server's own it is not; there it is also told when this login may not hear what the server gives up.
   */
  "dead-letter-failed": [error: StationkitError];
  /** A partition cannot be read for now; it is tried again until it can, or the consumer is closed. */
  "reading-interrupted": [error: StationkitError, place: PartitionPlace];
  "reading-resumed": [place: PartitionPlace];
  /** Of an exclusive group: messages of this partition come here from now on. */
  "partition-assigned": [place: PartitionPlace];
  /** Of an exclusive group: another member is to have the partition. What is in hand may still be answered. */
  "partition-revoked": [place: PartitionPlace];
}

/** How much a fetch waits for. */
export interface FetchOptions {
  /** Messages at most, integer 1 to 5,000, default 10. */
  readonly batchSize?: number;
  /** Milliseconds to wait until there are so many, default 1,000. */
  readonly maxWaitMs?: number;
}

/** How far a group is with one partition. */
export interface PartitionLag {
  /** From 1. */
  readonly partition: number;
  /** Stored, and not delivered to the group yet. */
  readonly pending: number;
  /** Delivered, and not answered. */
  readonly inFlight: number;
  /** Of those in flight: delivered more than once. */
  readonly redelivered: number;
  /** Sequence up to which the group has answered everything; 0 before the first. */
  readonly answeredSequence: number;
}

/** A member of a consumer group. One `for await`, or several that share the messages; or a listener; or `fetch`. */
export interface Consumer<T = Uint8Array> extends AsyncIterable<ConsumerMessage<T>>, AsyncDisposable {
  readonly stationName: string;
  readonly consumerName: string;
  readonly consumerGroup: string;
  /** The partitions that are read; grows when the station grows. */
  readonly partitions: readonly number[];
  /**
   * Messages as they come, from all partitions. Ends when the consumer is closed, or its connection is; never throws by itself. What was
   * prefetched when the last iteration is left waits for the next one, and is given back after the group's `ackTimeoutMs`.
   */
  [Symbol.asyncIterator](): AsyncIterator<ConsumerMessage<T>, undefined>;
  /**
   * Resolves with up to `batchSize` messages, as soon as there are so many, or after `maxWaitMs` with what there is. Fetches are done one
   * after the other.
   * @throws {UsageError} for bad options, or while messages are iterated over or listened to.
   * @throws {ConsumerClosedError} @throws {ConnectionClosedError} when the connection has ended.
   */
  fetch(options?: FetchOptions): Promise<ConsumerMessage<T>[]>;
  /** @throws {UsageError} for a second listener of `message`, or while messages are iterated over or fetched. */
  on<Name extends keyof ConsumerEvents<T>>(name: Name, listener: (...event: ConsumerEvents<T>[Name]) => unknown): void;
  off<Name extends keyof ConsumerEvents<T>>(name: Name, listener: Listener<ConsumerEvents<T>[Name]>): void;
  /** How far the whole group is, per partition in ascending order, as the server has it. */
  lag(): Promise<readonly PartitionLag[]>;
  /**
   * Asks for no more messages, hands out what is here, and closes when all of it is answered, or nothing was for `closeTimeoutMs`; the
   * rest is given back.
   */
  drain(): Promise<void>;
  /**
   * Gives back what is prefetched, and waits for answers to what is in hand, as long as they come within `closeTimeoutMs` of each other.
   * Acknowledges nothing by itself. Messages that are still unanswered may be answered afterwards; otherwise they come again.
   */
  close(): Promise<void>;
}

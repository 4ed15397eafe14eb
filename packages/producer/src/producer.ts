import type { Writable } from "node:stream";
import type { Listener, StationkitError } from "@stationkit/core-protocol";
import type { StationSchema } from "@stationkit/core-protocol/control";
import type { AtomicAck, AtomicOptions, AtomicRequest } from "./atomic/atomic-request.js";
import type { SchemaFailurePolicy } from "./declaration/declaration.js";
import type { Delivery, FastIngestPubAck, MultiStationDelivery, PubAck } from "./delivery.js";
import type { ProduceOptions, ProduceRequest } from "./produce-request.js";

/** A message that was admitted and not acknowledged. */
export interface DeliveryFailure<T = unknown> {
  readonly error: StationkitError;
  readonly station: string;
  readonly partition: number;
  /** Produce again under this id when `error.outcome` is `unknown`: the message is then not stored twice. */
  readonly msgId: string | undefined;
  /** What was given to `produce`. */
  readonly request: ProduceRequest<T>;
}

/** Events of a producer. */
export interface ProducerEvents<T = unknown> {
  /** Once for every message that was admitted and not acknowledged, however it was produced. */
  "delivery-failed": [error: StationkitError, failure: DeliveryFailure<T>];
  /** A Memphis broker has given the station another schema, or taken it away (undefined). The producer itself checks nothing. */
  "schema-changed": [schema: StationSchema | undefined, station: string];
}

/** What is not settled yet. */
export interface PendingCounts {
  /** Admitted and not acknowledged. */
  readonly messages: number;
  /** Bytes of these, headers and payload. */
  readonly bytes: number;
  /** Calls that wait for room. */
  readonly waiting: number;
}

/**
 * What `produceMany` takes: whole requests, or bare bytes and texts where these are messages of the producer. A serializer gets
 * them as it gets every message.
 */
export type ProduceInput<T> =
  ProduceRequest<T> | (unknown extends T ? Uint8Array | string : Extract<T, Uint8Array | string>);

/** Options of `produceMany`. */
export interface ProduceManyOptions {
  /** Ends reading; what was admitted is still delivered, and the summary says so. */
  readonly signal?: AbortSignal;
}

/** What became of the messages of one `produceMany`. */
export interface ProduceSummary {
  /** Messages read from the source. */
  readonly received: number;
  /** Messages that were acknowledged (by every station). */
  readonly produced: number;
  /** Acknowledged messages that the broker is known to have had already; in a fast-ingest batch that is not told. */
  readonly duplicates: number;
  /** Messages that were not acknowledged, or were refused before they were sent. */
  readonly failed: number;
  /** The first failures, at most 1,000; `index` counts the source's items from 0. */
  readonly failures: readonly { readonly index: number; readonly error: StationkitError }[];
  /** True when `signal` ended it. */
  readonly aborted: boolean;
  readonly elapsedMs: number;
}

/** What producers for one and for several stations have in common. */
interface BaseProducer<T, Result, Admitted> extends AsyncDisposable {
  readonly producerName: string;
  readonly pending: PendingCounts;
  /**
   * Sends one message and waits until it is stored.
   * @returns the acknowledgement.
   * @throws {UsageError} for bad input, before anything is sent. @throws {StationkitError} see the README's table.
   */
  produce(options: ProduceOptions<T> & { readonly asyncProduce: false }): Promise<Result>;
  /**
   * Sends one message without waiting for the broker. Resolves when the message is admitted to the window, which is at once
   * unless the window is full; waiting callers are admitted in order. From then on it is acknowledged or reported.
   * @throws {UsageError} for bad input, before anything is sent.
   * @throws {DeliveryExpiredError} when no room came within `deliveryTimeoutMs`: not sent.
   */
  produce(options: ProduceOptions<T> & { readonly asyncProduce?: true }): Promise<Admitted>;
  produce(options: ProduceOptions<T>): Promise<Result | Admitted>;
  /**
   * As `produce`, but gives undefined instead of waiting when the window is full: nothing was sent then.
   * @throws {StationkitError} at once, for what rejects `produce`: bad input, a closed producer or connection, a message too large.
   */
  tryProduce(request: ProduceRequest<T>): Admitted | undefined;
  /**
   * Sends everything that a source gives, as fast as the window allows, and waits for all acknowledgements.
   * Resolves with a summary even when messages failed; rejects only with the source's own error, after settling what was admitted.
   */
  produceMany(
    source: Iterable<ProduceInput<T>> | AsyncIterable<ProduceInput<T>>,
    options?: ProduceManyOptions,
  ): Promise<ProduceSummary>;
  /**
   * A Node stream in object mode that takes what `produceMany` takes. It ends (`finish`) when all its messages are acknowledged,
   * and fails with the error of the first message that was not.
   */
  writable(): Writable;
  /** Calls `listener` with the error and the message for every admitted message that fails. */
  on<Name extends keyof ProducerEvents<T>>(name: Name, listener: Listener<ProducerEvents<T>[Name]>): void;
  off<Name extends keyof ProducerEvents<T>>(name: Name, listener: Listener<ProducerEvents<T>[Name]>): void;
  /**
   * Resolves when every message produced before this call is settled, at the latest after `deliveryTimeoutMs`.
   * @throws {DeliveryError} with every failure since the last flush.
   */
  flush(): Promise<void>;
  /** Takes no more messages, flushes, and releases everything. @throws {DeliveryError} as `flush`; it is closed all the same. */
  close(): Promise<void>;
}

/** A producer declared on one station. `Ack` is wider with `delivery: "fast-ingest"`. */
export interface Producer<T = unknown, Ack extends FastIngestPubAck = PubAck> extends BaseProducer<
  T,
  Ack,
  Delivery<Ack>
> {
  readonly stationName: string;
  /** Partition numbers of the station as it is now; grows when the station grows. */
  readonly partitions: readonly number[];
  /**
   * The schema that a Memphis broker has attached to the station, for whoever checks messages before they are produced: the producer itself
   * does not. Undefined for none, and on plain JetStream.
   */
  readonly schema: StationSchema | undefined;
  /** What the station's owner wants done with messages that do not fit the schema; both false on plain JetStream. */
  readonly schemaFailurePolicy: SchemaFailurePolicy;
  /**
   * Stores 1 to 1,000 messages in one partition, one behind the other, or none of them. Resolves when all are stored. The batch goes behind
   * what was produced to the partition before this call, and ahead of what is produced after it; it counts as one message of its size
   * in the window, so `flush()` and `close()` wait for it. Tried again as single messages are.
   * @param requests - the partition is what `options` or the messages name; where nothing is named, the partitioner is asked once.
   * @throws {UsageError} for bad input, two equal ids, two partitions, or a producer by fast ingest: nothing is sent.
   * @throws {AtomicUnsupportedError} the server (before 2.12.1) or the station does not take batches: nothing is stored.
   * @throws {AtomicDuplicateError} some of the ids were stored before: nothing of the batch is stored.
   * @throws {AckTimeoutError} outcome unknown: all of it is stored or nothing. Call again with the ids of the failures.
   * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-50.md
   */
  produceAtomic(requests: readonly AtomicRequest<T>[], options?: AtomicOptions): Promise<AtomicAck>;
}

/** A producer declared on several stations: each message goes to all of them, at once. */
export interface MultiStationProducer<T = unknown, Ack extends FastIngestPubAck = PubAck> extends BaseProducer<
  T,
  readonly Ack[],
  MultiStationDelivery<Ack>
> {
  readonly stationNames: readonly string[];
}

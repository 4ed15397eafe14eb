import type { Writable } from "node:stream";
import {
  type Connection,
  ConnectionClosedError,
  type ConnectionStatus,
  EventEmitter,
  type Listener,
  PayloadTooLargeError,
  PermissionDeniedError,
  StationkitError,
  type StationName,
  toStationkitError,
} from "@stationkit/core-protocol";
import type { StationSchema } from "@stationkit/core-protocol/control";
import type { Station } from "@stationkit/station-admin";
import { answerBatch } from "./atomic/answer-batch.js";
import { AtomicBatch } from "./atomic/atomic-batch.js";
import type { AtomicAck, AtomicOptions, AtomicRequest } from "./atomic/atomic-request.js";
import { type BatchContext, prepareBatch } from "./atomic/prepare-batch.js";
import type { Declaration, SchemaFailurePolicy } from "./declaration/declaration.js";
import type { Delivery, PubAck } from "./delivery.js";
import { abortedError, AbortListeners } from "./engine/abort-listeners.js";
import { Admission } from "./engine/admission.js";
import { createLanes } from "./engine/create-lane.js";
import { Deadlines } from "./engine/deadlines.js";
import { createEncoder } from "./engine/encode.js";
import { FailureLog } from "./engine/failure-log.js";
import { FlushTracker } from "./engine/flush-tracker.js";
import type { Lane } from "./engine/lane.js";
import { createMessageIds } from "./engine/message-ids.js";
import { PendingMessage } from "./engine/pending-message.js";
import { route } from "./engine/route.js";
import { SendScheduler } from "./engine/send-scheduler.js";
import { findAbsence } from "./engine/station-lookup.js";
import { Window } from "./engine/window.js";
import { Wire } from "./engine/wire.js";
import { checkRequest, type ProduceOptions, type ProduceRequest } from "./produce-request.js";
import type {
  PendingCounts,
  ProduceInput,
  ProduceManyOptions,
  Producer,
  ProducerEvents,
  ProduceSummary,
} from "./producer.js";
import { ProducerClosedError } from "./producer-errors.js";
import type { ResolvedProducerOptions } from "./producer-options.js";
import { produceMany } from "./streams/produce-many.js";
import { createWritable } from "./streams/writable.js";

/** What a producer on one station is made of. */
export interface StationProducerParts<T> {
  readonly connection: Connection;
  readonly options: ResolvedProducerOptions<T>;
  readonly declaration: Declaration;
}

/** The public object for one station. It owns the order of the steps, and nothing else. */
export class StationProducer<T> implements Producer<T> {
  readonly producerName: string;
  readonly #connection: Connection;
  readonly #options: ResolvedProducerOptions<T>;
  readonly #declaration: Declaration;
  readonly #events = new EventEmitter<ProducerEvents<T>>(["delivery-failed", "schema-changed"]);
  readonly #encode: ReturnType<typeof createEncoder>;
  readonly #nextId = createMessageIds();
  readonly #wire: Wire;
  readonly #window: Window;
  readonly #admission: Admission;
  readonly #lanes = new Map<number, Lane>();
  readonly #createLane: ReturnType<typeof createLanes>;
  readonly #aborts = new AbortListeners();
  readonly #scheduler = new SendScheduler();
  readonly #flushes = new FlushTracker();
  readonly #failures: FailureLog;
  readonly #deadlines: Deadlines;
  #station: Station;
  #leaveConnection: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor({ connection, options, declaration }: StationProducerParts<T>) {
    this.#declaration = declaration;
    declaration.follow({
      station: (station) => {
        this.follow(station);
      },
      schema: (schema) => {
        this.#events.emit("schema-changed", schema, this.#station.name);
      },
    });
    this.producerName = options.producerName;
    this.#connection = connection;
    this.#options = options;
    this.#station = declaration.station;
    this.#encode = createEncoder(options.producerName, options.serializer, declaration.style);
    this.#window = new Window({ maxMessages: options.maxInFlightMessages, maxBytes: options.maxInFlightBytes });
    this.#failures = new FailureLog(options.maxInFlightBytes);
    this.#admission = new Admission({
      window: this.#window,
      aborts: this.#aborts,
      isConnectionClosed: () => connection.state === "closed",
      dispatch: this.#dispatch,
      onTurnedAway: (message) => {
        this.#flushes.end(message.generation);
      },
    });
    this.#wire = new Wire(connection, this.#nextId(), (message, data, status) => {
      const lane = this.#lane(message.partition);
      const timeoutMs = options.ackTimeoutMs;
      if (message instanceof AtomicBatch) answerBatch({ connection, lane, timeoutMs }, message, data, status);
      else lane.answer(message, data, status);
    });
    this.#createLane = createLanes(connection, options, this.#nextId());
    this.#deadlines = new Deadlines(Math.min(options.ackTimeoutMs, options.deliveryTimeoutMs), (now) =>
      this.#sweep(now),
    );
  }

  get stationName(): StationName {
    return this.#station.name;
  }

  get partitions(): readonly number[] {
    return this.#station.partitions;
  }

  get schema(): StationSchema | undefined {
    return this.#declaration.schema;
  }

  get schemaFailurePolicy(): SchemaFailurePolicy {
    return this.#declaration.schemaFailurePolicy;
  }

  get pending(): PendingCounts {
    return { messages: this.#window.messages, bytes: this.#window.bytes, waiting: this.#window.waiting };
  }

  /** True when a message would have to wait. */
  get isFull(): boolean {
    return this.#window.isFull;
  }

  /** Starts to listen for answers. @throws {PermissionDeniedError} when the login may not. */
  async open(): Promise<void> {
    await this.#wire.open();
    this.#connection.on("status", this.#onStatus);
    this.#leaveConnection = this.#connection.beforeClose(() => this.#release());
  }

  /** The station has changed, or was made again. */
  follow(station: Station): void {
    this.#station = station;
  }

  produce(options: ProduceOptions<T> & { readonly asyncProduce: false }): Promise<PubAck>;
  produce(options: ProduceOptions<T> & { readonly asyncProduce?: true }): Promise<Delivery>;
  produce(options: ProduceOptions<T>): Promise<PubAck | Delivery>;
  produce(options: ProduceOptions<T>): Promise<PubAck | Delivery> {
    try {
      this.check(options);
      const admitted = this.admit(this.prepare(options));
      if (options.asyncProduce !== false) return Promise.resolve(admitted);
      return admitted instanceof PendingMessage
        ? admitted.acknowledged
        : admitted.then((message) => message.acknowledged);
    } catch (error) {
      return Promise.reject(toStationkitError(error));
    }
  }

  tryProduce(request: ProduceRequest<T>): Delivery | undefined {
    this.check(request);
    // Before the costly steps: a message that is turned away must not be written as bytes, nor move the partitioner on.
    if (this.#window.isFull) return undefined;
    return this.admit(this.prepare(request)) as PendingMessage;
  }

  async produceAtomic(requests: readonly AtomicRequest<T>[], options: AtomicOptions = {}): Promise<AtomicAck> {
    try {
      this.check({ message: undefined as T, ...options });
      const batch = prepareBatch(this.#batchContext(), requests, options);
      await this.admit(batch);
      return batch.ack(await batch.acknowledged);
    } catch (error) {
      throw toStationkitError(error);
    }
  }

  produceMany(
    source: Iterable<ProduceInput<T>> | AsyncIterable<ProduceInput<T>>,
    options?: ProduceManyOptions,
  ): Promise<ProduceSummary> {
    return produceMany<T>((request) => this.produce(request), source, options);
  }

  writable(): Writable {
    return createWritable<T>((request) => this.produce(request));
  }

  on<Name extends keyof ProducerEvents<T>>(name: Name, listener: Listener<ProducerEvents<T>[Name]>): void {
    this.#events.on(name, listener);
  }

  off<Name extends keyof ProducerEvents<T>>(name: Name, listener: Listener<ProducerEvents<T>[Name]>): void {
    this.#events.off(name, listener);
  }

  async flush(): Promise<void> {
    await this.#flushes.flush();
    this.#failures.throwIfAny();
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#release().then(() => {
      this.#failures.throwIfAny();
    }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Step one: validate. Nothing is kept of a request that throws, here or in the next steps. */
  check(request: ProduceOptions<T>): void {
    if (this.#closing !== undefined) throw new ProducerClosedError(this.producerName);
    checkRequest(request);
    if (request.signal?.aborted === true) throw abortedError(request.signal, "not-sent");
    if (this.#connection.state === "closed") {
      throw new ConnectionClosedError("the connection is closed: the message was not sent", "not-sent");
    }
  }

  /** Steps two and three: encode, route. */
  prepare(request: ProduceOptions<T>): PendingMessage {
    const msgId = request.msgId ?? (this.#options.idempotent ? this.#nextId() : undefined);
    const encoded = this.#encode(request, msgId);
    this.#requireFit(encoded.sizeBytes);
    const station = this.#station.name;
    const partition = route(request, this.#station.partitions, this.#options.partitioner, station);
    const deliveryTimeoutMs = request.deliveryTimeoutMs ?? this.#options.deliveryTimeoutMs;
    const deadline = Date.now() + deliveryTimeoutMs;
    return new PendingMessage({ request, station, partition, msgId, encoded, deliveryTimeoutMs, deadline });
  }

  /** Step four: lets the message in, at once or when there is room; then it is on its way. */
  admit(message: PendingMessage): PendingMessage | Promise<PendingMessage> {
    message.generation = this.#flushes.begin();
    this.#deadlines.watch(message.prepared.deliveryTimeoutMs);
    return this.#admission.admit(message);
  }

  /** Step five: the message belongs to its partition's lane, which publishes it. */
  readonly #dispatch = (message: PendingMessage): void => {
    const { signal } = message.prepared.request;
    const lane = this.#lane(message.partition);
    if (signal !== undefined) {
      message.abortListener = this.#aborts.add(signal, () => {
        lane.abandon(message, abortedError(signal, message.attempts > 0 ? "unknown" : "not-sent"));
      });
    }
    lane.add(message);
  };

  /** Step six: the message has ended. Whoever waits for room comes in. */
  readonly #settle = (message: PendingMessage, result: PubAck | StationkitError): void => {
    this.#wire.forget(message);
    if (!message.settle(result)) return;
    if (result instanceof StationkitError) this.report(message, result);
    this.#flushes.end(message.generation);
    this.#window.release(message.sizeBytes);
  };

  /** Tells of a message that will not be acknowledged: by event, and to the next flush. */
  report(message: PendingMessage, error: StationkitError): void {
    const { station, partition } = message;
    for (const { msgId, request, sizeBytes } of message.parts) {
      const failure = { error, station, partition, msgId, request: request as ProduceRequest<T> };
      this.#failures.add(failure, sizeBytes);
      this.#events.emit("delivery-failed", error, failure);
    }
  }

  #lane(partition: number): Lane {
    let lane = this.#lanes.get(partition);
    if (lane === undefined) {
      lane = this.#createLane(partition, {
        station: this.#station.name,
        address: this.#declaration.address(partition),
        wire: this.#wire,
        isStrict: this.#options.ordering === "strict",
        ackTimeoutMs: this.#options.ackTimeoutMs,
        retryDelayMs: this.#options.retryDelayMs,
        maxRetryDelayMs: this.#options.maxRetryDelayMs,
        isAlone: () => this.#window.messages === 1,
        schedule: (lane) => {
          this.#scheduler.schedule(lane);
        },
        duplicateWindowMs: () => this.#station.settings.idempotencyWindowMs,
        replicas: () => this.#station.settings.replicas,
        settle: this.#settle,
        onStored: () => {
          this.#window.recover();
        },
        onThrottled: () => {
          this.#window.shrink();
        },
        findAbsence: (stream) => findAbsence(this.#connection, stream, this.#station.name),
      });
      this.#lanes.set(partition, lane);
    }
    return lane;
  }

  readonly #onStatus = (status: ConnectionStatus): void => {
    // Those who wait go first, so that nothing is let into a lane that is closed.
    if (status.type === "closed") this.#window.expire(Number.POSITIVE_INFINITY);
    for (const lane of this.#lanes.values()) {
      if (status.type === "disconnected") lane.suspend();
      if (status.type === "reconnected") lane.resume();
      if (status.type === "closed") lane.close();
      if (status.type === "error" && status.error instanceof PermissionDeniedError) this.#deny(lane, status.error);
    }
  };

  #deny(lane: Lane, error: PermissionDeniedError): void {
    // A Memphis broker does not name the subject; the round trip in the lane then finds nobody unanswered elsewhere.
    if (error.operation === "publish" && error.subject === lane.subject) void lane.deny(error);
  }

  #sweep(now: number): boolean {
    this.#window.expire(now);
    for (const lane of this.#lanes.values()) lane.sweep(now);
    return this.#window.messages > 0 || this.#window.waiting > 0;
  }

  #batchContext(): BatchContext<T> {
    return {
      connection: this.#connection,
      options: this.#options,
      station: this.#station,
      encode: this.#encode,
      nextId: this.#nextId,
      requireFit: (sizeBytes) => {
        this.#requireFit(sizeBytes);
      },
    };
  }

  #requireFit(sizeBytes: number): void {
    const limits = [this.#connection.server.maxPayloadBytes, this.#station.settings.maxMessageBytes ?? 0];
    const limitBytes = Math.min(...limits.filter((limit) => limit > 0));
    if (sizeBytes <= limitBytes) return;
    throw new PayloadTooLargeError(
      `the message takes ${sizeBytes} bytes with its headers; station "${this.#station.name}" takes at most ${limitBytes}`,
      { outcome: "not-sent", sizeBytes, limitBytes },
    );
  }

  /** What `close()` does; the connection's own close leaves the failures for whoever asks next. */
  #release(): Promise<void> {
    return (this.#closing ??= this.#flushAndRelease());
  }

  async #flushAndRelease(): Promise<void> {
    await this.#flushes.flush();
    this.#deadlines.stop();
    this.#connection.off("status", this.#onStatus);
    // Empty by now, but a delay may still be running.
    for (const lane of this.#lanes.values()) lane.close();
    this.#leaveConnection?.();
    this.#wire.close();
    await this.#declaration.close();
  }
}

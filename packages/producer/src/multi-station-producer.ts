import type { Writable } from "node:stream";
import { EventEmitter, type Listener, toStationkitError } from "@stationkit/core-protocol";
import type { MultiStationDelivery, PubAck } from "./delivery.js";
import { createMessageIds } from "./engine/message-ids.js";
import { PendingMessage } from "./engine/pending-message.js";
import type { ProduceOptions, ProduceRequest } from "./produce-request.js";
import type {
  MultiStationProducer as Face,
  PendingCounts,
  ProduceInput,
  ProduceManyOptions,
  ProducerEvents,
  ProduceSummary,
} from "./producer.js";
import { DeliveryError, MultiStationError, type StationFailure } from "./producer-errors.js";
import type { StationProducer } from "./station-producer.js";
import { produceMany } from "./streams/produce-many.js";
import { createWritable } from "./streams/writable.js";

/** One message to several stations: checked for all of them before it is sent to any, then sent to all at once. */
export class MultiStationProducer<T> implements Face<T> {
  readonly producerName: string;
  readonly #producers: readonly StationProducer<T>[];
  readonly #nextId: (() => string) | undefined;
  readonly #events = new EventEmitter<ProducerEvents<T>>(["delivery-failed", "schema-changed"]);

  constructor(producerName: string, producers: readonly StationProducer<T>[], idempotent: boolean) {
    this.producerName = producerName;
    this.#producers = producers;
    this.#nextId = idempotent ? createMessageIds() : undefined;
    for (const producer of producers) {
      producer.on("delivery-failed", (error, failure) => {
        this.#events.emit("delivery-failed", error, failure);
      });
      producer.on("schema-changed", (schema, station) => {
        this.#events.emit("schema-changed", schema, station);
      });
    }
  }

  get stationNames(): readonly string[] {
    return this.#producers.map((producer) => producer.stationName);
  }

  get pending(): PendingCounts {
    const counts = this.#producers.map((producer) => producer.pending);
    const sum = (key: keyof PendingCounts): number => counts.reduce((total, count) => total + count[key], 0);
    return { messages: sum("messages"), bytes: sum("bytes"), waiting: sum("waiting") };
  }

  produce(options: ProduceOptions<T> & { readonly asyncProduce: false }): Promise<readonly PubAck[]>;
  produce(options: ProduceOptions<T> & { readonly asyncProduce?: true }): Promise<MultiStationDelivery>;
  produce(options: ProduceOptions<T>): Promise<readonly PubAck[] | MultiStationDelivery>;
  async produce(options: ProduceOptions<T>): Promise<readonly PubAck[] | MultiStationDelivery> {
    const prepared = this.#prepare(options);
    const admitted = prepared.map(({ producer, message }) => producer.admit(message));
    // Mostly all have room, and then there is nothing to wait for.
    const admissions = admitted.every((message) => message instanceof PendingMessage)
      ? admitted.map(fulfilled)
      : await Promise.allSettled(admitted.map((message) => Promise.resolve(message)));
    const delivery = new Deliveries(
      prepared.map(({ message }) => message),
      admissions,
    );
    // Admitted by some and not by others is a result, not a refusal: only when no station has it does the call itself fail.
    if (delivery.deliveries.length === 0) return delivery.acknowledged;
    // Then what the others will not have must be told as any failure is, for `acknowledged` may be ignored.
    for (const [i, { producer, message }] of prepared.entries()) {
      const admission = admissions[i];
      if (admission?.status === "rejected") producer.report(message, toStationkitError(admission.reason));
    }
    return options.asyncProduce === false ? delivery.acknowledged : delivery;
  }

  tryProduce(request: ProduceRequest<T>): MultiStationDelivery | undefined {
    for (const producer of this.#producers) producer.check(request);
    if (this.#producers.some((producer) => producer.isFull)) return undefined;
    const messages = this.#prepare(request).map(({ producer, message }) => {
      void producer.admit(message);
      return message;
    });
    return new Deliveries(messages, messages.map(fulfilled));
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

  flush(): Promise<void> {
    return this.#together((producer) => producer.flush());
  }

  close(): Promise<void> {
    return this.#together((producer) => producer.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** One id for all stations: it tells tries apart, and each station keeps its own list of ids. */
  #prepare(request: ProduceOptions<T>): { producer: StationProducer<T>; message: PendingMessage }[] {
    const msgId = request.msgId ?? this.#nextId?.();
    const withId = msgId === undefined ? request : { ...request, msgId };
    for (const producer of this.#producers) producer.check(withId);
    return this.#producers.map((producer) => ({ producer, message: producer.prepare(withId) }));
  }

  /** Does it for all, and makes one error of theirs. */
  async #together(work: (producer: StationProducer<T>) => Promise<void>): Promise<void> {
    const results = await Promise.allSettled(this.#producers.map(work));
    const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    if (errors.length === 0) return;
    const deliveryErrors = errors.filter((error) => error instanceof DeliveryError);
    if (deliveryErrors.length < errors.length)
      throw toStationkitError(errors.find((error) => !(error instanceof DeliveryError)));
    throw new DeliveryError(
      deliveryErrors.flatMap((error) => error.failed),
      deliveryErrors.reduce((total, error) => total + error.failedCount, 0),
    );
  }
}

function fulfilled(value: PendingMessage): PromiseFulfilledResult<PendingMessage> {
  return { status: "fulfilled", value };
}

/** The stations' deliveries of one message, and their answers together. */
class Deliveries implements MultiStationDelivery {
  readonly deliveries: readonly PendingMessage[];
  readonly #messages: readonly PendingMessage[];
  readonly #admissions: readonly PromiseSettledResult<PendingMessage>[];
  #acknowledged: Promise<readonly PubAck[]> | undefined;

  constructor(messages: readonly PendingMessage[], admissions: readonly PromiseSettledResult<PendingMessage>[]) {
    this.#messages = messages;
    this.#admissions = admissions;
    this.deliveries = admissions.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  }

  get acknowledged(): Promise<readonly PubAck[]> {
    if (this.#acknowledged === undefined) {
      this.#acknowledged = this.#collect();
      this.#acknowledged.catch(() => undefined);
    }
    return this.#acknowledged;
  }

  async #collect(): Promise<readonly PubAck[]> {
    const results = await Promise.allSettled(
      this.#admissions.map((result) =>
        result.status === "fulfilled" ? result.value.acknowledged : Promise.reject(toStationkitError(result.reason)),
      ),
    );
    const acknowledged: PubAck[] = [];
    const failed: StationFailure[] = [];
    for (const [i, result] of results.entries()) {
      if (result.status === "fulfilled") acknowledged.push(result.value);
      else failed.push({ station: this.#messages[i]?.station ?? "", error: toStationkitError(result.reason) });
    }
    if (failed.length > 0) throw new MultiStationError(acknowledged, failed);
    return acknowledged;
  }
}

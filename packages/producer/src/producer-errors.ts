import {
  type ApiErrorBody,
  BrokerError,
  type BrokerErrorFields,
  PartialSendError,
  SERVER_ERROR,
  type StationkitError,
  UsageError,
} from "@stationkit/core-protocol";
import type { PubAck } from "./delivery.js";
import type { DeliveryFailure } from "./producer.js";

/** Thrown by a produce call after `close()` began. Nothing was sent. */
export class ProducerClosedError extends UsageError {
  static {
    this.prototype.name = "ProducerClosedError";
  }
  override readonly code = "SK_PRODUCER_CLOSED";

  constructor(producerName: string, options?: ErrorOptions) {
    super(`producer "${producerName}" is closed: the message was not sent`, options);
  }
}

/** Thrown by `flush()` and `close()` when messages failed that were admitted since the last flush. */
export class DeliveryError extends PartialSendError {
  static {
    this.prototype.name = "DeliveryError";
  }
  readonly code = "SK_DELIVERY";
  readonly retryable: boolean;
  readonly outcome: StationkitError["outcome"];
  /** Always empty: what was acknowledged is not kept. */
  readonly acknowledged: readonly PubAck[] = [];
  /** The first failures of a station, in the order in which they happened; at most 1,000 per station. */
  readonly failed: readonly DeliveryFailure[];
  /** How many failed altogether. */
  readonly failedCount: number;

  constructor(failed: readonly DeliveryFailure[], failedCount: number) {
    const first = failed[0];
    super(
      `${failedCount} ${failedCount === 1 ? "message was" : "messages were"} not acknowledged; the first: ${first?.error.message ?? ""}`,
      { cause: first?.error },
    );
    this.failed = failed;
    this.failedCount = failedCount;
    this.retryable = failed.every((failure) => failure.error.retryable);
    this.outcome = worstOutcome(failed.map((failure) => failure.error));
  }
}

/** What one station of several answered. */
export interface StationFailure {
  readonly station: string;
  readonly error: StationkitError;
}

/** Thrown when a produce to several stations failed at one or more of them. */
export class MultiStationError extends PartialSendError {
  static {
    this.prototype.name = "MultiStationError";
  }
  readonly code = "SK_MULTI_STATION";
  readonly retryable: boolean;
  readonly outcome: StationkitError["outcome"];
  /** The acknowledgements of the stations that have the message, in the order of `stationName`. */
  readonly acknowledged: readonly PubAck[];
  /** The stations that failed, in the order of `stationName`. */
  readonly failed: readonly StationFailure[];

  constructor(acknowledged: readonly PubAck[], failed: readonly StationFailure[]) {
    const list = failed.map(({ station, error }) => `${station} (${error.message})`).join("; ");
    super(`${failed.length} of ${failed.length + acknowledged.length} stations failed: ${list}`, {
      cause: failed[0]?.error,
    });
    this.acknowledged = acknowledged;
    this.failed = failed;
    this.retryable = failed.every(({ error }) => error.retryable);
    this.outcome = worstOutcome(failed.map(({ error }) => error));
  }
}

/** Thrown by `produceAtomic` when the server, or the station, does not take atomic batches. Nothing is stored. */
export class AtomicUnsupportedError extends BrokerError {
  static {
    this.prototype.name = "AtomicUnsupportedError";
  }
  override readonly code = "SK_ATOMIC_UNSUPPORTED";
  /** `not-sent` when the server is too old; `rejected` when it answered that this station's streams do not allow it. */
  override readonly outcome: "not-sent" | "rejected";

  constructor(
    message: string,
    fields: BrokerErrorFields & { readonly outcome: "not-sent" | "rejected" },
    options?: ErrorOptions,
  ) {
    super(message, fields, options);
    this.outcome = fields.outcome;
  }
}

/** An id of a batch under which a message is stored already. */
export interface AtomicDuplicate {
  readonly msgId: string;
  /** JetStream sequence, from 1, per partition. */
  readonly sequence: number;
}

/** Thrown by `produceAtomic` when some ids of the batch, not all in one row, are stored already. Nothing of the batch is stored. */
export class AtomicDuplicateError extends BrokerError {
  static {
    this.prototype.name = "AtomicDuplicateError";
  }
  override readonly code = "SK_ATOMIC_DUPLICATE";
  readonly station: string;
  /** Which ids, in the order of the requests; empty when the broker could not be asked. */
  readonly duplicates: readonly AtomicDuplicate[];

  constructor(station: string, duplicates: readonly AtomicDuplicate[], options?: ErrorOptions) {
    const list = duplicates.slice(0, 5).map(({ msgId }) => msgId);
    const which = list.length === 0 ? "" : `: ${list.join(", ")}${duplicates.length > list.length ? ", …" : ""}`;
    const what = `station "${station}": the batch has ids of messages that are stored already${which}; none of it was stored`;
    super(what, { serverCode: 400, serverErrorCode: SERVER_ERROR.atomicBatchDuplicate }, options);
    this.station = station;
    this.duplicates = duplicates;
  }
}

/** The error of this package for a refusal, if it has one. */
export function atomicRefusal(body: ApiErrorBody, station: string): StationkitError | undefined {
  const { err_code } = body;
  if (err_code === SERVER_ERROR.atomicPublishDisabled || err_code === SERVER_ERROR.atomicBatchHeaderUnsupported) {
    const fields = { outcome: "rejected", serverCode: body.code, serverErrorCode: err_code } as const;
    return new AtomicUnsupportedError(`station "${station}": ${body.description ?? ""}`, fields);
  }
  return err_code === SERVER_ERROR.atomicBatchDuplicate ? new AtomicDuplicateError(station, []) : undefined;
}

/** The outcome that promises least. */
function worstOutcome(errors: readonly StationkitError[]): StationkitError["outcome"] {
  if (errors.some((error) => error.outcome === "unknown")) return "unknown";
  return errors.some((error) => error.outcome === "rejected") ? "rejected" : "not-sent";
}

import { PartialSendError, type StationkitError, UsageError } from "@stationkit/core-protocol";
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

/** The outcome that promises least. */
function worstOutcome(errors: readonly StationkitError[]): StationkitError["outcome"] {
  if (errors.some((error) => error.outcome === "unknown")) return "unknown";
  return errors.some((error) => error.outcome === "rejected") ? "rejected" : "not-sent";
}

import { StationkitError } from "./stationkit-error.js";
import { TransportError } from "./transport-errors.js";

/** Where a message was going, and how far it got. */
export interface DeliveryErrorFields {
  readonly station: string;
  readonly partition: number;
  readonly msgId: string | undefined;
  /** How often the message was put on the wire. */
  readonly attempts: number;
  readonly deliveryTimeoutMs: number;
}

abstract class DeadlineError extends TransportError {
  readonly retryable = true;
  readonly station: string;
  readonly partition: number;
  readonly msgId: string | undefined;
  readonly attempts: number;
  readonly deliveryTimeoutMs: number;

  constructor(message: string, fields: DeliveryErrorFields, options?: ErrorOptions) {
    super(message, options);
    this.station = fields.station;
    this.partition = fields.partition;
    this.msgId = fields.msgId;
    this.attempts = fields.attempts;
    this.deliveryTimeoutMs = fields.deliveryTimeoutMs;
  }
}

/** Thrown when a message was sent and no answer came until its deadline. It does not mean that the broker refused it. */
export class AckTimeoutError extends DeadlineError {
  static {
    this.prototype.name = "AckTimeoutError";
  }
  readonly code = "SK_ACK_TIMEOUT";
  readonly outcome = "unknown";
}

/** Thrown when the deadline passed before the message could be sent: no room in the window, or no connection. It is not stored. */
export class DeliveryExpiredError extends DeadlineError {
  static {
    this.prototype.name = "DeliveryExpiredError";
  }
  readonly code = "SK_DELIVERY_EXPIRED";
  readonly outcome = "not-sent";
}

/** Family of calls that cover several messages or stations, some of which failed. */
export abstract class PartialSendError extends StationkitError {
  static {
    this.prototype.name = "PartialSendError";
  }
  /** What the broker acknowledged in spite of the failure. */
  abstract readonly acknowledged: readonly unknown[];
  abstract readonly failed: readonly unknown[];
}

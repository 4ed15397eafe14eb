import { type ErrorCode, StationkitError } from "./stationkit-error.js";

/** Thrown by a call that can never be right: the caller's bug. Nothing was sent. */
export class UsageError extends StationkitError {
  static {
    this.prototype.name = "UsageError";
  }
  readonly code: ErrorCode = "SK_USAGE";
  readonly retryable = false;
  readonly outcome = "not-sent";
}

/** What a name stands for; each follows the same rule. */
export type NameKind = "station" | "producer" | "consumer" | "consumer group";

/** Thrown by a name that breaks Memphis's rule (1 to 128 of `a-z 0-9 _ - .`, first and last alphanumeric). */
export class InvalidNameError extends UsageError {
  static {
    this.prototype.name = "InvalidNameError";
  }
  override readonly code = "SK_NAME_INVALID";
  readonly kind: NameKind;
  readonly value: string;

  constructor(kind: NameKind, value: string, reason: string, options?: ErrorOptions) {
    super(`invalid ${kind} name ${JSON.stringify(value)}: ${reason}`, options);
    this.kind = kind;
    this.value = value;
  }
}

/** Thrown by a message larger than the server's `max_payload` or the station's own limit. */
export class PayloadTooLargeError extends StationkitError {
  static {
    this.prototype.name = "PayloadTooLargeError";
  }
  readonly code = "SK_PAYLOAD_TOO_LARGE";
  readonly retryable = false;
  /** `not-sent` when refused here, `rejected` when the broker refused it. */
  readonly outcome: "not-sent" | "rejected";
  /** Headers and payload together; undefined when the broker did not say. */
  readonly sizeBytes: number | undefined;
  readonly limitBytes: number | undefined;

  constructor(
    message: string,
    fields: { outcome: "not-sent" | "rejected"; sizeBytes?: number; limitBytes?: number },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.outcome = fields.outcome;
    this.sizeBytes = fields.sizeBytes;
    this.limitBytes = fields.limitBytes;
  }
}

/** Thrown when the caller's `AbortSignal` fired first. */
export class AbortedError extends StationkitError {
  static {
    this.prototype.name = "AbortedError";
  }
  readonly code = "SK_ABORTED";
  readonly retryable = true;
  /** `unknown` once the message was on the wire. */
  readonly outcome: "not-sent" | "unknown";

  constructor(message: string, outcome: "not-sent" | "unknown", options?: ErrorOptions) {
    super(message, options);
    this.outcome = outcome;
  }
}

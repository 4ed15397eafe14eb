const brand: unique symbol = Symbol.for("stationkit.error");

/** What the broker may hold of the message or change that failed. */
export type Outcome =
  /** It never left this process: nothing is stored. */
  | "not-sent"
  /** The broker answered, and refused: nothing is stored. */
  | "rejected"
  /** It was sent and no answer came: it may or may not be stored. */
  | "unknown";

/** Stable code of every error of the stack. Codes are only ever added. */
export type ErrorCode =
  | "SK_ABORTED"
  | "SK_ACK_TIMEOUT"
  | "SK_ATOMIC_DUPLICATE"
  | "SK_ATOMIC_UNSUPPORTED"
  | "SK_AUTHENTICATION"
  | "SK_BROKER"
  | "SK_CONNECTION_CLOSED"
  | "SK_CONNECTION_FAILED"
  | "SK_CONNECTION_LOST"
  | "SK_CONSUMER_CLOSED"
  | "SK_CONSUMER_GROUP_CONFLICT"
  | "SK_CONSUMER_GROUP_NOT_FOUND"
  | "SK_CONTROL_PLANE_MISSING"
  | "SK_DEAD_LETTER"
  | "SK_DELIVERY"
  | "SK_DELIVERY_EXPIRED"
  | "SK_JETSTREAM_DISABLED"
  | "SK_MALFORMED_MESSAGE"
  | "SK_MULTI_STATION"
  | "SK_NAME_INVALID"
  | "SK_PAYLOAD_TOO_LARGE"
  | "SK_PERMISSION_DENIED"
  | "SK_PRODUCER_CLOSED"
  | "SK_READING_STALLED"
  | "SK_REQUEST_TIMEOUT"
  | "SK_RESOURCE_LIMIT"
  | "SK_SCHEMA_UNUSABLE"
  | "SK_SCHEMA_VALIDATION"
  | "SK_SERVER_TOO_OLD"
  | "SK_STATION_CONFLICT"
  | "SK_STATION_EXISTS"
  | "SK_STATION_FULL"
  | "SK_STATION_NOT_FOUND"
  | "SK_STATION_UNAVAILABLE"
  | "SK_THROTTLED"
  | "SK_TLS"
  | "SK_UNDECODABLE_MESSAGE"
  | "SK_UNEXPECTED"
  | "SK_UNEXPECTED_ACK"
  | "SK_UNSUPPORTED_ON_MEMPHIS"
  | "SK_USAGE";

/** The one root of every error that this stack throws, rejects with, or emits. */
export abstract class StationkitError extends Error {
  static {
    this.prototype.name = "StationkitError";
    Object.defineProperty(this.prototype, brand, { value: true });
  }
  /** Stable, for programs; the message is for people and may change. */
  abstract readonly code: ErrorCode;
  /** Whether the same call may succeed when repeated. With `outcome: "unknown"` a repeat is safe only under the same message id. */
  abstract readonly retryable: boolean;
  abstract readonly outcome: Outcome;

  /** True for an error of this stack, also when it comes from another installed copy of the package. */
  static is(value: unknown): value is StationkitError {
    return value instanceof Error && (value as { [brand]?: boolean })[brand] === true;
  }
}

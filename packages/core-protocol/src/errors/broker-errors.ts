import { type ErrorCode, type Outcome, StationkitError } from "./stationkit-error.js";

/** What an answer of the broker carried, beside its text. */
export interface BrokerErrorFields {
  /** HTTP-like code of the answer (400, 404, 429, 503, …); undefined when it had none. */
  readonly serverCode?: number | undefined;
  /** nats-server's own number. @see https://github.com/nats-io/nats-server/blob/main/server/errors.json */
  readonly serverErrorCode?: number | undefined;
  /** Default false: only where the server says that the refusal is temporary. */
  readonly retryable?: boolean;
}

/** The broker answered with a refusal: nothing was stored or changed. Thrown as itself when no class below fits. */
export class BrokerError extends StationkitError {
  static {
    this.prototype.name = "BrokerError";
  }
  readonly code: ErrorCode = "SK_BROKER";
  readonly retryable: boolean;
  readonly outcome: Outcome = "rejected";
  readonly serverCode: number | undefined;
  readonly serverErrorCode: number | undefined;

  constructor(message: string, fields: BrokerErrorFields = {}, options?: ErrorOptions) {
    super(message, options);
    this.retryable = fields.retryable ?? false;
    this.serverCode = fields.serverCode;
    this.serverErrorCode = fields.serverErrorCode;
  }
}

/** Thrown when the server, or the account of this login, has JetStream switched off. */
export class JetStreamDisabledError extends BrokerError {
  static {
    this.prototype.name = "JetStreamDisabledError";
  }
  override readonly code = "SK_JETSTREAM_DISABLED";
}

/** Thrown by a server older than the oldest supported line. */
export class ServerTooOldError extends BrokerError {
  static {
    this.prototype.name = "ServerTooOldError";
  }
  override readonly code = "SK_SERVER_TOO_OLD";
  readonly version: string;
  readonly requiredVersion: string;

  constructor(version: string, requiredVersion: string, options?: ErrorOptions) {
    super(`server version ${version} is too old: ${requiredVersion} or newer is needed`, {}, options);
    this.version = version;
    this.requiredVersion = requiredVersion;
  }
}

/** Thrown when the login may not publish to, or subscribe to, a subject. */
export class PermissionDeniedError extends BrokerError {
  static {
    this.prototype.name = "PermissionDeniedError";
  }
  override readonly code = "SK_PERMISSION_DENIED";
  readonly operation: "publish" | "subscription";
  /** Empty when the server did not name it (a Memphis broker does not). */
  readonly subject: string;

  constructor(operation: "publish" | "subscription", subject: string, options?: ErrorOptions) {
    super(`permission denied: ${operation} to ${JSON.stringify(subject)}`, {}, options);
    this.operation = operation;
    this.subject = subject;
  }
}

/** Thrown by what a Memphis broker's control plane cannot do, or what this stack cannot do there without harm. Nothing was sent. */
export class UnsupportedOnMemphisError extends StationkitError {
  static {
    this.prototype.name = "UnsupportedOnMemphisError";
  }
  readonly code = "SK_UNSUPPORTED_ON_MEMPHIS";
  readonly retryable = false;
  readonly outcome = "not-sent";
  /** The call or setting, as `update` or `discard: new`. */
  readonly operation: string;

  constructor(operation: string, reason: string, options?: ErrorOptions) {
    super(`${operation} is not supported on a Memphis broker: ${reason}`, options);
    this.operation = operation;
  }
}

/** Thrown when storage, memory or stream limits of the server or account are used up. */
export class ResourceLimitError extends BrokerError {
  static {
    this.prototype.name = "ResourceLimitError";
  }
  override readonly code = "SK_RESOURCE_LIMIT";
}

/** Thrown when the broker asked to slow down (429) until the deadline passed. */
export class ThrottledError extends BrokerError {
  static {
    this.prototype.name = "ThrottledError";
  }
  override readonly code = "SK_THROTTLED";
  override readonly retryable = true;
}

/** Thrown when another stream acknowledged than the partition's own: the message is stored, but somewhere else. */
export class UnexpectedAckError extends BrokerError {
  static {
    this.prototype.name = "UnexpectedAckError";
  }
  override readonly code = "SK_UNEXPECTED_ACK";
  override readonly outcome = "unknown";
}

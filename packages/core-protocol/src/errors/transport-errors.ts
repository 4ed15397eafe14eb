import { type Outcome, StationkitError } from "./stationkit-error.js";

/** Family of what went wrong on the way to the broker; the broker itself said nothing about the message. */
export abstract class TransportError extends StationkitError {
  static {
    this.prototype.name = "TransportError";
  }
}

/** Thrown when no server could be reached. */
export class ConnectionFailedError extends TransportError {
  static {
    this.prototype.name = "ConnectionFailedError";
  }
  readonly code = "SK_CONNECTION_FAILED";
  readonly retryable = true;
  readonly outcome = "not-sent";
  /** The addresses that were tried, without credentials. */
  readonly servers: readonly string[];

  constructor(message: string, servers: readonly string[], options?: ErrorOptions) {
    super(message, options);
    this.servers = servers;
  }
}

/** Thrown when the TLS handshake failed: certificate, name or protocol. */
export class TlsError extends TransportError {
  static {
    this.prototype.name = "TlsError";
  }
  readonly code = "SK_TLS";
  readonly retryable = false;
  readonly outcome = "not-sent";
}

/** Thrown when the server refused the login. */
export class AuthenticationError extends TransportError {
  static {
    this.prototype.name = "AuthenticationError";
  }
  readonly code = "SK_AUTHENTICATION";
  readonly retryable = false;
  readonly outcome = "not-sent";
}

/** Thrown by use of a connection that was closed, by its owner or for good. */
export class ConnectionClosedError extends TransportError {
  static {
    this.prototype.name = "ConnectionClosedError";
  }
  readonly code = "SK_CONNECTION_CLOSED";
  readonly retryable = false;
  readonly outcome: Outcome;

  constructor(message: string, outcome: "not-sent" | "unknown", options?: ErrorOptions) {
    super(message, options);
    this.outcome = outcome;
  }
}

/** Thrown when the connection was lost before an answer came, and sending again could store the message twice. */
export class ConnectionLostError extends TransportError {
  static {
    this.prototype.name = "ConnectionLostError";
  }
  readonly code = "SK_CONNECTION_LOST";
  readonly retryable = true;
  readonly outcome = "unknown";
}

/** Thrown when a request to the broker (not a message) had no answer in time. It does not mean that nothing was done. */
export class RequestTimeoutError extends TransportError {
  static {
    this.prototype.name = "RequestTimeoutError";
  }
  readonly code = "SK_REQUEST_TIMEOUT";
  readonly retryable = true;
  readonly outcome = "unknown";
  readonly subject: string;
  readonly timeoutMs: number;

  /** @param options.hint - why, as far as it is known. */
  constructor(subject: string, timeoutMs: number, options?: ErrorOptions & { readonly hint?: string | undefined }) {
    const hint = options?.hint === undefined ? "" : `: ${options.hint}`;
    super(`no answer from ${subject} within ${timeoutMs} ms${hint}`, options);
    this.subject = subject;
    this.timeoutMs = timeoutMs;
  }
}

/** Thrown when something failed that no other class describes; `cause` has it. Please report it. */
export class UnexpectedError extends TransportError {
  static {
    this.prototype.name = "UnexpectedError";
  }
  readonly code = "SK_UNEXPECTED";
  readonly retryable = false;
  readonly outcome = "unknown";
}

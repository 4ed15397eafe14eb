/** Every code that an error of this package can carry. Codes are only ever added. */
export type EmbeddedNatsErrorCode =
  | "SK_EMBEDDED_BINARY_NOT_FOUND"
  | "SK_EMBEDDED_CHECKSUM_MISMATCH"
  | "SK_EMBEDDED_DOWNLOAD"
  | "SK_EMBEDDED_OPTIONS"
  | "SK_EMBEDDED_RELOAD"
  | "SK_EMBEDDED_START"
  | "SK_EMBEDDED_STATE";

/** One place where a nats-server was looked for, and why it was not taken from there. */
export interface BinaryAttempt {
  /** The step of the search, e.g. `PATH`, `cache`, `release`, `debian-archive`. */
  readonly source: string;
  /** What was found there instead, in one line. */
  readonly reason: string;
}

const brand: unique symbol = Symbol.for("@stationkit/embedded-nats/error");

/** Base of every error that this package throws on purpose; `instanceof` works within one copy, {@link EmbeddedNatsError.is} across copies. */
export abstract class EmbeddedNatsError extends Error {
  static {
    this.prototype.name = "EmbeddedNatsError";
    Object.defineProperty(this.prototype, brand, { value: true });
  }
  /** Stable identifier, made for `switch`. */
  abstract readonly code: EmbeddedNatsErrorCode;
  /** Whether the same call may succeed when it is simply made again. */
  abstract readonly retryable: boolean;

  /**
   * Tells whether a caught value is an error of this package, whichever copy of the package made it.
   * @param value - anything that was caught.
   */
  static is(value: unknown): value is EmbeddedNatsError {
    return value instanceof Error && brand in value;
  }
}

/** Thrown when an option, an environment variable or a part of `config` is not one this package can honour. Nothing was started or downloaded. */
export class InvalidOptionsError extends EmbeddedNatsError {
  static {
    this.prototype.name = "InvalidOptionsError";
  }
  readonly code = "SK_EMBEDDED_OPTIONS";
  readonly retryable = false;
  /** The option or variable at fault, e.g. `port` or `NATS_EMBEDDED_CHECKSUM`. */
  readonly option: string;

  constructor(option: string, problem: string) {
    super(`${option}: ${problem}`);
    this.option = option;
  }
}

/** Thrown when no usable nats-server was found or fetched; `attempts` lists every place in the order of the search. */
export class BinaryNotFoundError extends EmbeddedNatsError {
  static {
    this.prototype.name = "BinaryNotFoundError";
  }
  readonly code = "SK_EMBEDDED_BINARY_NOT_FOUND";
  readonly retryable: boolean;
  /** Where was looked and why each place failed, in order. */
  readonly attempts: readonly BinaryAttempt[];
  /** What was wanted, e.g. `2.15.1`, `2.10.x` or `2.10.0 or newer`. */
  readonly wanted: string;

  constructor(
    wanted: string,
    attempts: readonly BinaryAttempt[],
    options: { retryable?: boolean; cause?: unknown } = {},
  ) {
    const list = attempts.map(({ source, reason }) => `  - ${source}: ${reason}`).join("\n");
    super(
      `no nats-server (${wanted}) was found. Looked at, in this order:\n${list}\n` +
        "Install nats-server and put it on PATH, or name one in NATS_EMBEDDED_BINARY, " +
        "or let this machine reach the releases (HTTPS_PROXY, NATS_EMBEDDED_DOWNLOAD_MIRROR) or a Debian archive.",
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.wanted = wanted;
    this.attempts = attempts;
    this.retryable = options.retryable ?? false;
  }
}

/** Thrown (and listed as an attempt) when a download did not complete: no network, an HTTP error, a truncated file, a time limit. */
export class DownloadError extends EmbeddedNatsError {
  static {
    this.prototype.name = "DownloadError";
  }
  readonly code = "SK_EMBEDDED_DOWNLOAD";
  readonly retryable = true;
  /** What was being fetched: an address without credentials, or the name of the archive. */
  readonly target: string;
  /** HTTP status of the answer, undefined when there was none. */
  readonly status: number | undefined;

  constructor(target: string, problem: string, options: { status?: number; cause?: unknown } = {}) {
    super(`${problem} (${target})`, options.cause === undefined ? undefined : { cause: options.cause });
    this.target = target;
    this.status = options.status;
  }
}

/** Thrown when a downloaded file is not the published one. The search ends there: the file is deleted and no other source is tried. */
export class ChecksumMismatchError extends EmbeddedNatsError {
  static {
    this.prototype.name = "ChecksumMismatchError";
  }
  readonly code = "SK_EMBEDDED_CHECKSUM_MISMATCH";
  readonly retryable = false;
  /** The file's address, without credentials. */
  readonly target: string;
  /** SHA-256 that the release publishes, lower-case hex. */
  readonly expected: string;
  /** SHA-256 of what arrived, lower-case hex. */
  readonly actual: string;

  constructor(target: string, expected: string, actual: string) {
    super(`checksum mismatch: ${target} should have SHA-256 ${expected} and has ${actual}; the file was deleted`);
    this.target = target;
    this.expected = expected;
    this.actual = actual;
  }
}

/** Thrown when nats-server ended before it was ready, or was not ready in time; the process is gone when this is thrown. */
export class StartError extends EmbeddedNatsError {
  static {
    this.prototype.name = "StartError";
  }
  readonly code = "SK_EMBEDDED_START";
  readonly retryable: boolean;
  /** The executable that was run. */
  readonly binary: string;
  /** Exit code of nats-server; null when a signal ended it or it never ran. */
  readonly exitCode: number | null;
  /** The last lines of its log, oldest first, at most 50. */
  readonly logTail: readonly string[];

  constructor(
    problem: string,
    context: { binary: string; exitCode: number | null; logTail: readonly string[]; cause?: unknown },
  ) {
    const log = context.logTail.length === 0 ? "(the log is empty)" : context.logTail.join("\n");
    const complaint = lastComplaint(context.logTail);
    super(
      `${problem}${complaint === undefined ? "" : `: ${complaint}`}\nbinary: ${context.binary}\nlog:\n${log}`,
      context.cause === undefined ? undefined : { cause: context.cause },
    );
    this.binary = context.binary;
    this.exitCode = context.exitCode;
    this.logTail = context.logTail;
    this.retryable = context.logTail.some((line) => line.includes("address already in use"));
  }
}

/** What the server said last when it could not go on: fatal lines of its log, or what it prints about its configuration. */
function lastComplaint(logTail: readonly string[]): string | undefined {
  return logTail
    .map((line) => /(?:\[FTL\]|^nats-server:) (.+)$/.exec(line)?.[1])
    .findLast((text) => text !== undefined);
}

/** Thrown when nats-server refused a new configuration; it goes on with the one it had. */
export class ReloadError extends EmbeddedNatsError {
  static {
    this.prototype.name = "ReloadError";
  }
  readonly code = "SK_EMBEDDED_RELOAD";
  readonly retryable = false;
  /** The last lines of the server's log, oldest first. */
  readonly logTail: readonly string[];

  constructor(problem: string, logTail: readonly string[]) {
    super(problem);
    this.logTail = logTail;
  }
}

/** Thrown when a server is asked for something that its state rules out, e.g. `pause()` when it does not run. */
export class ServerStateError extends EmbeddedNatsError {
  static {
    this.prototype.name = "ServerStateError";
  }
  readonly code = "SK_EMBEDDED_STATE";
  readonly retryable = false;
  /** The method that was called. */
  readonly operation: string;

  constructor(operation: string, problem: string) {
    super(`${operation}: ${problem}`);
    this.operation = operation;
  }
}

import { inspect } from "node:util";
import type { ErrorContext } from "./api-error.js";
import { BrokerError, PermissionDeniedError } from "./broker-errors.js";
import { StationkitError } from "./stationkit-error.js";
import {
  AuthenticationError,
  ConnectionClosedError,
  ConnectionFailedError,
  ConnectionLostError,
  RequestTimeoutError,
  TlsError,
  UnexpectedError,
} from "./transport-errors.js";
import { PayloadTooLargeError, UsageError } from "./usage-errors.js";

/**
 * Turns anything that nats.js, Node or this stack throws into an error of this stack: the only such place.
 *
 * Errors of nats.js are told by `name`, not by class: a connection that the caller brings may come from another installed
 * copy of nats.js, whose classes are not the ones imported here.
 */
export function toStationkitError(error: unknown, context: ErrorContext = {}): StationkitError {
  if (StationkitError.is(error)) return error;
  if (!(error instanceof Error)) return new UnexpectedError(`not an error: ${inspect(error)}`, { cause: error });
  const cause = error.name === "RequestError" && error.cause instanceof Error ? error.cause : error;
  return byName(cause, context) ?? byNodeCode(cause, context) ?? new UnexpectedError(cause.message, { cause });
}

function byName(cause: Error, context: ErrorContext): StationkitError | undefined {
  const options = { cause };
  switch (cause.name) {
    case "AuthorizationError":
    case "UserAuthenticationExpiredError":
      return new AuthenticationError(`the server refused the login: ${cause.message}`, options);
    case "PermissionViolationError": {
      const { operation, subject } = cause as Error & { operation: "publish" | "subscription"; subject: string };
      return new PermissionDeniedError(operation, subject, options);
    }
    case "TimeoutError":
      return context.subject === undefined && context.servers !== undefined
        ? unreachable(`no answer within ${context.timeoutMs ?? 0} ms`, context, cause)
        : new RequestTimeoutError(context.subject ?? "the server", context.timeoutMs ?? 0, options);
    case "NoResponders":
    case "NoRespondersError":
      return new BrokerError(
        `nobody answers on ${context.subject ?? "the subject"}`,
        { serverCode: 503, retryable: true },
        options,
      );
    case "ClosedConnectionError":
    case "DrainingConnectionError":
      return new ConnectionClosedError("the connection is closed", "not-sent", options);
    case "ConnectionError":
      if (cause.message.includes(NO_TLS)) return new TlsError(cause.message, options);
      return byNodeCode(cause.cause, context) ?? unreachable(cause.message, context, cause);
    case "RequestError":
      return cause.message === "connection closed"
        ? new ConnectionClosedError("the connection was closed before an answer came", "unknown", options)
        : new ConnectionLostError(`the connection was lost before an answer came: ${cause.message}`, options);
    case "InvalidArgumentError":
      if (cause.message.includes(NO_TLS)) return new TlsError(cause.message, options);
      if (cause.message.includes("max_payload")) {
        return new PayloadTooLargeError(
          "the request is larger than the server allows",
          { outcome: "not-sent" },
          options,
        );
      }
      return new UsageError(cause.message, options);
    case "InvalidOperationError":
    case "InvalidSubjectError":
      return new UsageError(cause.message, options);
    case "ProtocolError":
      return new BrokerError(`the server reported: ${cause.message}`, {}, options);
    default:
      return undefined;
  }
}

const NETWORK_CODES = new Set([
  "EADDRNOTAVAIL",
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOENT",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/** OpenSSL's and Node's names for a failed handshake. @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const TLS_CODE =
  /^(ERR_(TLS|SSL|OSSL)_|EPROTO$|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_(CA|PURPOSE)$|PATH_LENGTH_|HOSTNAME_MISMATCH)|_CERT/;

/** In what nats.js says when only one side wants TLS. @see nats-core 3.4.0 options.js, `checkOptions` */
const NO_TLS = "'tls'";

function byNodeCode(cause: unknown, context: ErrorContext): StationkitError | undefined {
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  if (!(cause instanceof Error) || code === undefined) return undefined;
  if (TLS_CODE.test(code)) return new TlsError(`TLS handshake failed: ${cause.message} (${code})`, { cause });
  if (!NETWORK_CODES.has(code)) return undefined;
  return unreachable(cause.message || code, context, cause);
}

function unreachable(reason: string, context: ErrorContext, cause: Error): ConnectionFailedError {
  const servers = context.servers ?? [];
  const where = servers.length === 0 ? "the server" : servers.join(", ");
  return new ConnectionFailedError(`cannot connect to ${where}: ${reason}`, servers, { cause });
}

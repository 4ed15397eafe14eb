import {
  BrokerError,
  type BrokerErrorFields,
  JetStreamDisabledError,
  ResourceLimitError,
  ThrottledError,
} from "./broker-errors.js";
import {
  StationConflictError,
  StationFullError,
  StationNotFoundError,
  StationUnavailableError,
} from "./station-errors.js";
import type { StationkitError } from "./stationkit-error.js";
import { PayloadTooLargeError } from "./usage-errors.js";

/** The `error` object of a JetStream answer. @see https://docs.nats.io/reference/reference-protocols/nats_api_reference */
export interface ApiErrorBody {
  readonly code?: number;
  readonly err_code?: number;
  readonly description?: string;
}

/** What the caller knows and the server's answer does not say. */
export interface ErrorContext {
  readonly station?: string;
  readonly subject?: string;
  readonly timeoutMs?: number;
  readonly servers?: readonly string[];
}

/** nats-server's numbers that this stack tells apart. @see https://github.com/nats-io/nats-server/blob/main/server/errors.json */
export const SERVER_ERROR = {
  accountResourcesExceeded: 10002,
  clusterUnavailable: 10008,
  clusterNotLeader: 10009,
  insufficientResources: 10023,
  maximumStreams: 10027,
  memoryExceeded: 10028,
  jetStreamNotEnabledForAccount: 10039,
  storageExceeded: 10047,
  messageTooLarge: 10054,
  streamNameInUse: 10058,
  streamNotFound: 10059,
  expectedStreamMismatch: 10060,
  subjectOverlap: 10065,
  jetStreamNotEnabled: 10076,
  storeFailed: 10077,
  /** Another message with this id is being stored; clusters answer so until it is. */
  duplicateInProcess: 10158,
  tooManyRequests: 10167,
  atomicPublishDisabled: 10174,
  /** A message of the batch was refused, or did not arrive, or the batch is forgotten: all of it is. */
  atomicBatchIncomplete: 10176,
  atomicBatchHeaderUnsupported: 10177,
  atomicBatchTooLarge: 10199,
  atomicBatchDuplicate: 10201,
} as const;

/** True when the answer is temporary, so that the same request is right again a moment later. */
export function isTransientApiError(body: ApiErrorBody): boolean {
  switch (body.err_code ?? 0) {
    case SERVER_ERROR.clusterUnavailable:
    case SERVER_ERROR.clusterNotLeader:
    case SERVER_ERROR.duplicateInProcess:
    case SERVER_ERROR.tooManyRequests:
    case SERVER_ERROR.atomicBatchIncomplete:
      return true;
    default:
      return body.code === 429 || (body.code === 503 && (body.err_code ?? 0) === 0);
  }
}

/** Turns a JetStream refusal into the error that says what happened; `rejected` is its outcome. */
export function apiErrorToStationkitError(body: ApiErrorBody, context: ErrorContext = {}): StationkitError {
  const text = body.description ?? "no description";
  const station = context.station ?? "";
  const fields = { serverCode: body.code, serverErrorCode: body.err_code };
  const about = station === "" ? text : `station "${station}": ${text}`;
  switch (body.err_code ?? 0) {
    case SERVER_ERROR.streamNotFound:
      return station === "" ? new BrokerError(about, fields) : new StationNotFoundError(station, fields);
    case SERVER_ERROR.jetStreamNotEnabled:
    case SERVER_ERROR.jetStreamNotEnabledForAccount:
      return new JetStreamDisabledError(`JetStream is not available: ${text}`, fields);
    case SERVER_ERROR.accountResourcesExceeded:
    case SERVER_ERROR.insufficientResources:
    case SERVER_ERROR.maximumStreams:
    case SERVER_ERROR.memoryExceeded:
    case SERVER_ERROR.storageExceeded:
    case SERVER_ERROR.atomicBatchTooLarge:
      return new ResourceLimitError(about, fields);
    case SERVER_ERROR.messageTooLarge:
      return new PayloadTooLargeError(about, { outcome: "rejected" });
    // Another stream listens on the partition's subject; it has refused, so nothing is stored there.
    case SERVER_ERROR.expectedStreamMismatch:
    case SERVER_ERROR.subjectOverlap:
    case SERVER_ERROR.streamNameInUse:
      return new StationConflictError(about, station, fields);
    case SERVER_ERROR.storeFailed:
      return storeFailure(text, about, station, fields);
    case SERVER_ERROR.tooManyRequests:
      return new ThrottledError(about, fields);
    default:
      return byCode(body, about, station, fields);
  }
}

/** 10077 wraps whatever the store said; only its text tells a full station from a full disk. */
function storeFailure(text: string, about: string, station: string, fields: BrokerErrorFields): BrokerError {
  if (/maximum (messages|bytes)|per subject/.test(text)) {
    const what = `${about}; it refuses new messages, and this one is not stored`;
    return new StationFullError(what, station, fields);
  }
  if (/no space|insufficient|resource/.test(text)) return new ResourceLimitError(about, fields);
  return new BrokerError(about, fields);
}

function byCode(body: ApiErrorBody, about: string, station: string, fields: BrokerErrorFields): StationkitError {
  if (body.code === 429) return new ThrottledError(about, fields);
  if (!isTransientApiError(body)) return new BrokerError(about, fields);
  return station === ""
    ? new BrokerError(about, { ...fields, retryable: true })
    : new StationUnavailableError(about, station, fields);
}

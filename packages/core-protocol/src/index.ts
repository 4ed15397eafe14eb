// For everybody.
export { connect } from "./connection/connect.js";
export { CONNECT_DEFAULTS, type ConnectOptions } from "./connection/options.js";
export type { Connection, ConnectionEvents, ServerDescription } from "./connection/connection.js";
export type { RequestOptions } from "./connection/request-options.js";
export type { ControlPlane, ControlPlaneOption } from "./connection/control-plane.js";
export type { ConnectionStatus } from "./connection/status.js";
export type { TlsOptions } from "./connection/tls.js";
export { type ErrorCode, type Outcome, StationkitError } from "./errors/stationkit-error.js";
export {
  AbortedError,
  InvalidNameError,
  type NameKind,
  PayloadTooLargeError,
  UsageError,
} from "./errors/usage-errors.js";
export {
  AuthenticationError,
  ConnectionClosedError,
  ConnectionFailedError,
  ConnectionLostError,
  RequestTimeoutError,
  TlsError,
  TransportError,
  UnexpectedError,
} from "./errors/transport-errors.js";
export {
  BrokerError,
  type BrokerErrorFields,
  JetStreamDisabledError,
  PermissionDeniedError,
  ResourceLimitError,
  ServerTooOldError,
  ThrottledError,
  UnexpectedAckError,
  UnsupportedOnMemphisError,
} from "./errors/broker-errors.js";
export {
  ConsumerGroupNotFoundError,
  type SettingDifference,
  StationConflictError,
  StationExistsError,
  StationFullError,
  StationNotFoundError,
  StationUnavailableError,
} from "./errors/station-errors.js";
export {
  AckTimeoutError,
  type DeliveryErrorFields,
  DeliveryExpiredError,
  PartialSendError,
} from "./errors/delivery-errors.js";
export { encodePayload, type Payload } from "./payload.js";
export type { MessageHeaders } from "./headers.js";
export { LIMITS, MINIMUM_SERVER_VERSION } from "./limits.js";
export {
  type ConsumerGroupName,
  type ConsumerName,
  type InternalName,
  parseConsumerGroupName,
  parseConsumerName,
  parseProducerName,
  parseStationName,
  type ProducerName,
  type StationName,
  toInternalName,
  toStationName,
} from "./names.js";
export {
  finalSubject,
  functionSubject,
  partitionStream,
  resendSubject,
  type StreamName,
  streamSubjects,
  type SubjectName,
  tryParsePartitionStream,
} from "./subjects.js";

// For the other packages of the stack: these may change in any version.
export {
  type ApiErrorBody,
  apiErrorToStationkitError,
  type ErrorContext,
  isTransientApiError,
  SERVER_ERROR,
} from "./errors/api-error.js";
export { toStationkitError } from "./errors/nats-error.js";
export type { JetStreamApi } from "./connection/jetstream-api.js";
export { isLive } from "./connection/nats-internals.js";
export type { Outbound, OutboundMessage } from "./connection/outbound.js";
export { EventEmitter, type Listener } from "./event-emitter.js";
export { encodeHeaderTail, encodeUserHeaders, HEADER, HEADER_PREAMBLE, headerLine } from "./headers.js";
export { MalformedMessageError, type MalformedMessageFields } from "./control/malformed-message-error.js";
export { requireConnection, requireDurationMs, requireInteger, requireKnownKeys } from "./validation.js";

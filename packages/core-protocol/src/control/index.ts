// Memphis's control plane: requests, replies, updates and events as they stand on the wire. No I/O.

export { MalformedMessageError, type MalformedMessageFields } from "./malformed-message-error.js";
export {
  CONTROL_SUBJECT,
  CONTROL_QUEUE_GROUP,
  BROKER_INTERNAL_SUBJECT,
  schemaUpdatesSubject,
  functionsUpdatesSubject,
  groupMembersSubject,
  configurationsUpdatesSubject,
  dlsSubject,
  legacyDlsSubject,
  dlsQueueGroup,
} from "./subjects.js";
export { isInbox } from "./inbox.js";
export { encodeConnectionName, parseConnectionName, type ConnectionName } from "./connection-name.js";
export {
  REQUEST_VERSION,
  STATION_VERSION_WITH_FUNCTIONS,
  mayUsePartitions,
  autoCreatesStation,
  identifiesApp,
  destroysByConnection,
  hasStationFunctions,
} from "./request-version.js";
export {
  REPLY_TEXT,
  isAlreadyExists,
  isStationAlreadyExists,
  isSchemaTypeClash,
  isNotExist,
  isTimeout,
  isAuthorizationViolation,
  isSchemaValidationFailure,
  isConsumerGone,
} from "./reply-text.js";
export {
  RETENTION_TYPE,
  toWireRetention,
  fromWireRetention,
  type StationRetention,
  type WireRetention,
} from "./station-retention.js";
export {
  STATION_CREATION_DEFAULTS,
  encodeStationCreation,
  decodeStationCreation,
  encodeStationDestruction,
  decodeStationDestruction,
  type StationCreationRequest,
  type StationCreationOptions,
  type StationDestructionRequest,
  type DlsConfiguration,
} from "./station-requests.js";
export {
  normalizeStationCreation,
  normalizeReplicas,
  normalizeIdempotencyWindow,
  stripAccountSuffix,
  type NormalizedStationCreation,
} from "./normalize-station-creation.js";
export {
  PRODUCER_CREATION_DEFAULTS,
  encodeProducerCreation,
  decodeProducerCreation,
  normalizeProducerCreation,
  encodeProducerDestruction,
  decodeProducerDestruction,
  type ProducerCreationRequest,
  type ProducerCreationOptions,
  type NormalizedProducerCreation,
} from "./producer-requests.js";
export {
  CONSUMER_CREATION_DEFAULTS,
  encodeConsumerCreation,
  decodeConsumerCreation,
  encodeConsumerDestruction,
  decodeConsumerDestruction,
  type ConsumerCreationRequest,
  type ConsumerCreationOptions,
} from "./consumer-requests.js";
export { normalizeConsumerCreation, type NormalizedConsumerCreation } from "./normalize-consumer-creation.js";
export {
  encodeSchemaCreation,
  decodeSchemaCreation,
  encodeSchemaAttachment,
  decodeSchemaAttachment,
  encodeSchemaDetachment,
  decodeSchemaDetachment,
  type SchemaCreationRequest,
  type SchemaCreationOptions,
  type SchemaAttachmentRequest,
  type SchemaDetachmentRequest,
} from "./schema-requests.js";
export type { ClientDestructionRequest, ClientDestructionOptions } from "./client-destruction-request.js";
export { type ApplicationIdentity, DEFAULT_MEMPHIS_USERNAME } from "./application-identity.js";
export type { ClientType } from "./client-type.js";
export { parseRequestedName } from "./refused-name.js";
export { encodePlainReply, decodePlainReply, type PlainReply } from "./plain-reply.js";
export { encodeErrorReply, decodeErrorReply } from "./json-reply.js";
export {
  encodeProducerCreationReply,
  decodeProducerCreationReply,
  producerCreationFailure,
  type ProducerCreationReply,
} from "./producer-creation-reply.js";
export {
  encodeConsumerCreationReply,
  decodeConsumerCreationReply,
  encodeConsumerCreationJson,
  consumerCreationFailure,
  type ConsumerCreationReply,
} from "./consumer-creation-reply.js";
export { SCHEMA_TYPES, isSchemaType, type SchemaType, type StationSchema } from "./station-schema.js";
export type { FirstFunctions } from "./partition-fields.js";
export { encodeSchemaUpdate, decodeSchemaUpdate, type SchemaUpdate } from "./schema-update.js";
export { encodeFunctionsUpdate, decodeFunctionsUpdate, type FunctionsUpdate } from "./functions-update.js";
export { encodeSdkClientsUpdate, decodeSdkClientsUpdate, type SdkClientsUpdate } from "./sdk-clients-update.js";
export {
  encodeConfigurationsUpdate,
  decodeConfigurationsUpdate,
  type ConfigurationsUpdate,
} from "./configurations-update.js";
export {
  SCHEMA_VALIDATION_ALERT,
  encodeNotification,
  decodeNotification,
  type NotificationEvent,
  type NotificationOptions,
} from "./notification-event.js";
export {
  encodeSchemaverseDls,
  decodeSchemaverseDls,
  type SchemaverseDlsEvent,
  type SchemaverseDlsOptions,
} from "./schemaverse-dls-event.js";
export { encodeNackedDls, decodeNackedDls, type NackedDlsEvent } from "./nacked-dls-event.js";
export { encodePmAck, decodePmAck, type PmAckEvent } from "./pm-ack-event.js";

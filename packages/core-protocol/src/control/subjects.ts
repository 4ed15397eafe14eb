/*
 * The control plane of Memphis: who asks whom on which subject.
 *
 * Requests, replies and events of the control plane must carry NO NATS headers, not even an empty block: a Memphis broker strips
 * a header of its own by a fixed byte offset (tenants) or not at all (global account), so with any other its JSON does not parse.
 */
import { UsageError } from "../errors/usage-errors.js";
import { type ConsumerGroupName, type StationName, toInternalName } from "../names.js";

const controlSubject = {
  stationCreations: "$memphis_station_creations",
  stationDestructions: "$memphis_station_destructions",
  producerCreations: "$memphis_producer_creations",
  producerDestructions: "$memphis_producer_destructions",
  consumerCreations: "$memphis_consumer_creations",
  consumerDestructions: "$memphis_consumer_destructions",
  schemaCreations: "$memphis_schema_creations",
  schemaAttachments: "$memphis_schema_attachments",
  schemaDetachments: "$memphis_schema_detachments",
  /** Client → broker, no answer. */
  notifications: "$memphis_notifications",
  /** Client → broker, no answer. */
  schemaverseDls: "$memphis_schemaverse_dls",
  /** Client → broker, no answer. */
  nackedDls: "$memphis_nacked_dls",
  /** Client → broker, no answer. */
  pmAcks: "$memphis_pm_acks",
  /** Broker → every client of the global account. */
  sdkClientsUpdates: "$memphis_sdk_clients_updates",
} as const;

/**
 * Fixed subjects, all in the global account; messages on them must carry no NATS headers.
 * @see memphis-protocol.md section 3; Memphis broker 1.4.4, memphis_sdk_handlers.go
 */
export const CONTROL_SUBJECT: typeof controlSubject = Object.freeze(controlSubject);

const controlQueueGroup = {
  stationCreations: "memphis_station_creations_listeners_group",
  stationDestructions: "memphis_station_destructions_listeners_group",
  producerCreations: "memphis_producer_creations_listeners_group",
  producerDestructions: "memphis_producer_destructions_listeners_group",
  consumerCreations: "memphis_consumer_creations_listeners_group",
  consumerDestructions: "memphis_consumer_destructions_listeners_group",
  schemaCreations: "memphis_schema_creations_listeners_group",
  schemaAttachments: "memphis_schema_attachments_listeners_group",
  schemaDetachments: "memphis_schema_detachments_listeners_group",
  notifications: "$memphis_notifications_group",
  schemaverseDls: "$memphis_schemaverse_dls_group",
  nackedDls: "$memphis_nacked_dls_group",
  pmAcks: "$memphis_pm_acks_group",
} as const;

/**
 * The queue group in which brokers listen to a subject of `CONTROL_SUBJECT`, by the same key: one of them answers each request.
 * @see memphis-protocol.md section 3; Memphis broker 1.4.4, memphis_sdk_handlers.go
 */
export const CONTROL_QUEUE_GROUP: typeof controlQueueGroup = Object.freeze(controlQueueGroup);

const brokerInternalSubject = {
  uiSubscriptions: "$memphis_ws_subs.>",
  uiPublications: "$memphis_ws_pubs.>",
  systemLogs: "$memphis_syslogs.>",
  restGatewayUpdates: "$memphis_restgw_updates",
  integrationUpdates: "$memphis_integration_updates",
  configReloadSignal: "$memphis_config_reload_signal",
  connectionStatus: "$memphis_connection_status",
  cacheUpdates: "$memphis_cache_updates",
  jetStreamReplyPrefix: "$memphis_jsapi_reply_",
} as const;

/**
 * What Memphis brokers say among themselves and to their UI; clients ignore it. Entries without wildcard that end in `_` are prefixes.
 * @see memphis-protocol.md section 3.10
 */
export const BROKER_INTERNAL_SUBJECT: typeof brokerInternalSubject = Object.freeze(brokerInternalSubject);

/** Where a broker tells that a station's schema was set or dropped. @see memphis-protocol.md section 3.8 */
export function schemaUpdatesSubject(station: StationName): string {
  return `$memphis_schema_updates_${toInternalName(station)}`;
}

/**
 * Where to ask who else is in a consumer group, on plain NATS, which counts no members. Whoever is, or counts those who are, answers with
 * an empty message; nobody else does. Ours, not Memphis's.
 */
export function groupMembersSubject(station: StationName, group: ConsumerGroupName): string {
  return `_STATIONKIT.group_members.${toInternalName(station)}.${toInternalName(group)}`;
}

/** Where a Memphis cloud broker tells the first function of each partition. @see memphis-protocol.md section 3.8 */
export function functionsUpdatesSubject(station: StationName): string {
  return `$memphis_functions_updates_${toInternalName(station)}`;
}

/**
 * Where a broker greets one connection, once.
 * @throws {UsageError} for an id that is empty or holds white space or a wildcard.
 * @see memphis-protocol.md section 1.3
 */
export function configurationsUpdatesSubject(connectionId: string): string {
  if (!/^[^\s*>]+$/.test(connectionId)) {
    throw new UsageError(`connection id ${JSON.stringify(connectionId)} cannot stand in a subject`);
  }
  return `$memphis_configurations_updates.init.${connectionId}`;
}

/** Where a consumer group gets messages of the dead-letter store that are sent again. @see memphis-protocol.md section 9.4 */
export function dlsSubject(station: StationName, group: ConsumerGroupName): string {
  return `$memphis_dls_${toInternalName(station)}.${toInternalName(group)}`;
}

/** The older spelling of `dlsSubject`, on which brokers send a second copy. @see memphis-protocol.md section 9.4 */
export function legacyDlsSubject(station: StationName, group: ConsumerGroupName): string {
  return `$memphis_dls_${toInternalName(station)}_${toInternalName(group)}`;
}

/**
 * The queue group in which memphis.js listens to `dlsSubject`; memphis.go and memphis.py take the subject itself, so that a
 * group of mixed languages gets two copies.
 * @see memphis-protocol.md section 9.4
 */
export function dlsQueueGroup(station: StationName, group: ConsumerGroupName): string {
  return `$memphis_${toInternalName(station)}_${toInternalName(group)}`;
}

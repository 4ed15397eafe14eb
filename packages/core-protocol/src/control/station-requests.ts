import { encodeJson } from "./encode-json.js";
import { JsonObject } from "./json-object.js";
import type { WireRetention } from "./station-retention.js";

/** Which undeliverable messages a station keeps in its dead-letter store. */
export interface DlsConfiguration {
  /** Messages that a consumer group gave up. */
  readonly poison: boolean;
  /** Messages that a schema refused. */
  readonly schemaverse: boolean;
}

/**
 * `$memphis_station_creations`, as on the wire: nothing checked, nothing normalised (`normalizeStationCreation` does that).
 * The answer is a `PlainReply`.
 */
export interface StationCreationRequest extends WireRetention {
  /** As users write it, dots and any case of letters. */
  readonly stationName: string;
  readonly storageType: string;
  readonly replicas: number;
  readonly idempotencyWindowMs: number;
  /** Empty: none. */
  readonly schemaName: string;
  readonly dlsConfiguration: DlsConfiguration;
  readonly username: string;
  readonly tieredStorageEnabled: boolean;
  /** 0 when an SDK is too old to know partitions. */
  readonly partitionsNumber: number;
  /** Station that gets a copy of undeliverable messages; empty: none. */
  readonly dlsStation: string;
}

/**
 * What the official SDKs send where their user says nothing; a station that comes into being when first used has the same.
 * @see memphis-protocol.md sections 3.1 and 11
 */
export const STATION_CREATION_DEFAULTS: Readonly<Omit<StationCreationRequest, "stationName" | "username">> =
  Object.freeze({
    retentionType: "message_age_sec",
    retentionValue: 3600,
    storageType: "file",
    replicas: 1,
    idempotencyWindowMs: 120_000,
    schemaName: "",
    dlsConfiguration: Object.freeze({ poison: true, schemaverse: true }),
    tieredStorageEnabled: false,
    partitionsNumber: 1,
    dlsStation: "",
  });

/** What a client has to say; the rest has `STATION_CREATION_DEFAULTS`. */
export type StationCreationOptions = Pick<StationCreationRequest, "stationName" | "username"> &
  Partial<StationCreationRequest>;

/** `$memphis_station_destructions`. The answer is a `PlainReply`. */
export interface StationDestructionRequest {
  readonly stationName: string;
  readonly username: string;
}

/**
 * An empty answer is no proof: a broker gives it also when the station exists with other settings, and when nothing was made.
 * @throws {UsageError} for a number that is no integer.
 * @see memphis-protocol.md section 3.1
 */
export function encodeStationCreation(options: StationCreationOptions): Uint8Array {
  const request: StationCreationRequest = { ...STATION_CREATION_DEFAULTS, ...options };
  return encodeJson({
    name: request.stationName,
    retention_type: request.retentionType,
    retention_value: request.retentionValue,
    storage_type: request.storageType,
    replicas: request.replicas,
    idempotency_window_in_ms: request.idempotencyWindowMs,
    schema_name: request.schemaName,
    dls_configuration: {
      poison: request.dlsConfiguration.poison,
      schemaverse: request.dlsConfiguration.schemaverse,
    },
    username: request.username,
    tiered_storage_enabled: request.tieredStorageEnabled,
    partitions_number: request.partitionsNumber,
    dls_station: request.dlsStation,
  });
}

/**
 * Missing fields are zero, not the SDKs' defaults: so a missing `dls_configuration` is false for both.
 * @throws {MalformedMessageError} outcome `rejected`.
 */
export function decodeStationCreation(bytes: Uint8Array): StationCreationRequest {
  const body = JsonObject.parse(bytes, { messageKind: "station creation request", outcome: "rejected" });
  const dls = body.object("dls_configuration");
  return {
    stationName: body.string("name"),
    retentionType: body.string("retention_type"),
    retentionValue: body.integer("retention_value"),
    storageType: body.string("storage_type"),
    replicas: body.integer("replicas"),
    idempotencyWindowMs: body.integer("idempotency_window_in_ms"),
    schemaName: body.string("schema_name"),
    dlsConfiguration: { poison: dls.boolean("poison"), schemaverse: dls.boolean("schemaverse") },
    username: body.string("username"),
    tieredStorageEnabled: body.boolean("tiered_storage_enabled"),
    partitionsNumber: body.integer("partitions_number"),
    dlsStation: body.string("dls_station"),
  };
}

/** @see memphis-protocol.md section 3.2 */
export function encodeStationDestruction(request: StationDestructionRequest): Uint8Array {
  return encodeJson({ station_name: request.stationName, username: request.username });
}

/** @throws {MalformedMessageError} outcome `rejected`. */
export function decodeStationDestruction(bytes: Uint8Array): StationDestructionRequest {
  const body = JsonObject.parse(bytes, { messageKind: "station destruction request", outcome: "rejected" });
  return { stationName: body.string("station_name"), username: body.string("username") };
}

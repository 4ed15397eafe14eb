import { type Connection, partitionStream, type StationName, streamSubjects } from "@stationkit/core-protocol";
import { decodeRecord, encodeRecord, type StationRecord } from "./station-record.js";
import type { RetentionPolicy, StationSettings } from "./station-settings.js";
import type { StreamConfig } from "./stream-wire.js";

const NANOSECONDS = 1_000_000;
const UNLIMITED = -1;

/** JetStream's own default where a stream sets no duplicate window. */
const SERVER_WINDOW_MS = 120_000;

/** Stream features that not every server knows; one that does not would refuse (strict) or ignore them. */
export type ServerFeatures = Pick<StreamConfig, "allow_atomic" | "allow_batched">;

/** The place to ask for a stream feature of newer servers; none of them takes part in comparing settings. */
export function serverFeatures(server: Connection["server"]): ServerFeatures {
  return {
    ...(server.jetStreamApiLevel >= 2 && { allow_atomic: true }),
    ...(server.jetStreamApiLevel >= 4 && { allow_batched: true }),
  };
}

/** What the stream of a new partition is made from. */
export interface PartitionRequest {
  readonly name: StationName;
  readonly partition: number;
  readonly settings: StationSettings;
  readonly record: StationRecord;
  readonly features: ServerFeatures;
}

/** @see Memphis broker 1.4.4, memphis_cloud.go:2359-2416 for the fields that a Memphis broker sets */
export function newStreamConfig({ name, partition, settings, record, features }: PartitionRequest): StreamConfig {
  const stream = partitionStream(name, partition);
  return {
    name: stream,
    subjects: [streamSubjects(stream)],
    storage: settings.storage,
    ...settingFields(settings),
    max_consumers: UNLIMITED,
    max_msgs_per_subject: UNLIMITED,
    allow_direct: true,
    ...features,
    metadata: encodeRecord(record),
  };
}

/** Lays settings and record over what a stream has; everything else, also limits that only a foreign stream has, stays as it is. */
export function changedStreamConfig(
  existing: StreamConfig,
  settings: StationSettings,
  record: StationRecord,
): StreamConfig {
  const before: Readonly<Record<string, unknown>> = settingFields(readSettings(existing));
  const changes = Object.entries(settingFields(settings)).filter(([field, value]) => before[field] !== value);
  return { ...existing, ...Object.fromEntries(changes), metadata: encodeRecord(record, existing.metadata) };
}

function settingFields(settings: StationSettings): Omit<StreamConfig, "name" | "storage"> {
  const { retention } = settings;
  return {
    retention: retention.type === "acknowledgement" ? "interest" : "limits",
    max_age: retention.type === "age" ? retention.maxAgeMs * NANOSECONDS : 0,
    max_msgs: retention.type === "messages" ? retention.maxMessages : UNLIMITED,
    max_bytes: retention.type === "bytes" ? retention.maxBytes : UNLIMITED,
    max_msg_size: settings.maxMessageBytes ?? UNLIMITED,
    discard: settings.discard,
    num_replicas: settings.replicas,
    duplicate_window: settings.idempotencyWindowMs * NANOSECONDS,
    description: settings.description ?? "",
  };
}

/** Reads the settings back out of any stream, also one that another tool made. */
export function readSettings(config: StreamConfig): StationSettings {
  return {
    retention: readRetention(config),
    storage: config.storage,
    replicas: config.num_replicas,
    idempotencyWindowMs: toMs(config.duplicate_window) || SERVER_WINDOW_MS,
    maxMessageBytes: limit(config.max_msg_size),
    discard: config.discard ?? "old",
    dlsStation: decodeRecord(config.metadata)?.dlsStation,
    description: config.description === "" ? undefined : config.description,
  };
}

/** A foreign stream may have several limits: the one that Memphis would name is told, in this order. */
function readRetention(config: StreamConfig): RetentionPolicy {
  const maxAgeMs = toMs(config.max_age);
  const maxMessages = limit(config.max_msgs);
  const maxBytes = limit(config.max_bytes);
  if (config.retention !== "limits") return { type: "acknowledgement" };
  if (maxAgeMs > 0) return { type: "age", maxAgeMs };
  if (maxMessages !== undefined) return { type: "messages", maxMessages };
  if (maxBytes !== undefined) return { type: "bytes", maxBytes };
  return { type: "unlimited" };
}

function toMs(nanoseconds: number | undefined): number {
  return Math.round((nanoseconds ?? 0) / NANOSECONDS);
}

function limit(value: number | undefined): number | undefined {
  return value === undefined || value <= 0 ? undefined : value;
}

/** True for a stream that listens to `<stream>.>` and nothing else, as each partition's does. */
export function hasPartitionSubjects(config: StreamConfig): boolean {
  return config.subjects?.length === 1 && config.subjects[0] === `${config.name}.>`;
}

import {
  LIMITS,
  parseStationName,
  requireInteger,
  requireKnownKeys,
  type StationName,
  UsageError,
} from "@stationkit/core-protocol";
import {
  type DiscardPolicy,
  type RetentionPolicy,
  STATION_DEFAULTS,
  type StationSettings,
  type StationStorage,
} from "./station-settings.js";

/** The settings of a station to be made. All but the name may be left out. */
export interface StationOptions {
  /** 1 to 128 of `a-z 0-9 _ - .`, first and last alphanumeric; upper case is lowered. */
  readonly name: string;
  /** Integer 1 to 10,000, default 1. Can grow later, never shrink. */
  readonly partitions?: number;
  /** Default `{ type: "age", maxAgeMs: 604_800_000 }`, 7 days. Counts and bytes are per partition. */
  readonly retention?: RetentionPolicy;
  /** Default `file`. Cannot be changed later. */
  readonly storage?: StationStorage;
  /** Integer 1 to 5. Default 1 on a single server, 3 on a cluster that can place them. */
  readonly replicas?: number;
  /** Milliseconds, integer 100 to 86,400,000, default 120,000 or `maxAgeMs` when that is less; never above `maxAgeMs`. */
  readonly idempotencyWindowMs?: number;
  /** Bytes, headers and payload together, integer ≥ 1. Default: only the server's `max_payload` counts. */
  readonly maxMessageBytes?: number;
  /** Default `old`: a full partition drops its oldest message. `new`: it refuses new ones. */
  readonly discard?: DiscardPolicy;
  /** Name of another station, for dead letters; kept for consumers, not created here. */
  readonly dlsStation?: string;
  /** Free text. */
  readonly description?: string;
}

/** Checked options with the defaults filled in. */
export interface StationRequest {
  readonly name: StationName;
  readonly partitions: number;
  readonly settings: Omit<StationSettings, "replicas"> & { readonly replicas: number | undefined };
  /** What `create` insists on: everything but what depends on the broker, or is only told, and was not asked for. */
  readonly insistsOn: Partial<StationSettings>;
}

const OPTION_KEYS: ReadonlySet<string> = new Set<keyof StationOptions>([
  "name",
  "partitions",
  "retention",
  "storage",
  "replicas",
  "idempotencyWindowMs",
  "maxMessageBytes",
  "discard",
  "dlsStation",
  "description",
]);

/** @throws {UsageError} before any request, for what can never be right. @throws {InvalidNameError} for a bad name. */
export function resolveStationOptions(call: string, options: StationOptions): StationRequest {
  requireKnownKeys(call, options, OPTION_KEYS);
  const name = parseStationName(options.name);
  const given = resolveSettings(options);
  const partitions = requireInteger("partitions", options.partitions ?? STATION_DEFAULTS.partitions, {
    min: 1,
    max: LIMITS.maxPartitions,
  });
  const retention = given.retention ?? STATION_DEFAULTS.retention;
  const settings = {
    retention,
    storage: given.storage ?? STATION_DEFAULTS.storage,
    replicas: given.replicas,
    idempotencyWindowMs: given.idempotencyWindowMs ?? defaultWindowMs(retention),
    maxMessageBytes: given.maxMessageBytes,
    discard: given.discard ?? STATION_DEFAULTS.discard,
    dlsStation: given.dlsStation,
    description: given.description,
  };
  requireWindowWithinAge(settings);
  requireOtherDlsStation(name, given.dlsStation);
  const { replicas, dlsStation, description, ...always } = settings;
  const insistsOn = {
    ...always,
    ...(replicas !== undefined && { replicas }),
    ...(dlsStation !== undefined && { dlsStation }),
    ...(description !== undefined && { description }),
  };
  return { name, partitions, settings, insistsOn };
}

/** JetStream refuses a duplicate window above the age limit. */
function defaultWindowMs(retention: RetentionPolicy): number {
  const window = STATION_DEFAULTS.idempotencyWindowMs;
  return retention.type === "age" ? Math.min(window, retention.maxAgeMs) : window;
}

/** @throws {UsageError} when a station would have to remember message ids for longer than messages. */
export function requireWindowWithinAge(settings: Pick<StationSettings, "retention" | "idempotencyWindowMs">): void {
  const { retention, idempotencyWindowMs } = settings;
  if (retention.type !== "age" || idempotencyWindowMs <= retention.maxAgeMs) return;
  throw new UsageError(
    `idempotencyWindowMs (${idempotencyWindowMs}) may not exceed retention.maxAgeMs (${retention.maxAgeMs})`,
  );
}

/** @throws {UsageError} for a station that is its own: its groups would be sent their dead letters again, and give them up again, for ever. */
export function requireOtherDlsStation(name: StationName, dlsStation: StationName | undefined): void {
  if (dlsStation === name) throw new UsageError(`dlsStation: station "${name}" cannot hold its own dead letters`);
}

type GivenSettings = { readonly [Key in keyof StationSettings]?: StationSettings[Key] | undefined };

/** Checks each setting that is there; what is not there stays away. */
export function resolveSettings(options: Omit<StationOptions, "name" | "partitions">): GivenSettings {
  const { retention, storage, replicas, idempotencyWindowMs, maxMessageBytes, discard, dlsStation, description } =
    options;
  if (retention !== undefined) requireRetention(retention);
  if (storage !== undefined) requireOneOf("storage", storage, ["file", "memory"]);
  if (discard !== undefined) requireOneOf("discard", discard, ["old", "new"]);
  if (replicas !== undefined)
    requireInteger("replicas", replicas, { min: LIMITS.minReplicas, max: LIMITS.maxReplicas });
  if (idempotencyWindowMs !== undefined) {
    const range = { min: LIMITS.minIdempotencyWindowMs, max: LIMITS.maxIdempotencyWindowMs };
    requireInteger("idempotencyWindowMs", idempotencyWindowMs, range);
  }
  if (maxMessageBytes !== undefined) requireInteger("maxMessageBytes", maxMessageBytes, { min: 1, max: MAX_INT32 });
  if (description !== undefined && (typeof description !== "string" || description.length > MAX_DESCRIPTION)) {
    throw new UsageError(`description must be a string of at most ${MAX_DESCRIPTION} characters`);
  }
  return {
    retention: retention && { ...retention },
    storage,
    replicas,
    idempotencyWindowMs,
    maxMessageBytes,
    discard,
    dlsStation: dlsStation === undefined ? undefined : parseStationName(dlsStation),
    description: description === "" ? undefined : description,
  };
}

/** `max_msg_size` is an int32 on the server. */
const MAX_INT32 = 2_147_483_647;
/** @see nats-server server/jetstream_api.go, JSMaxDescriptionLen */
const MAX_DESCRIPTION = 4_096;
/** JetStream refuses a shorter age limit than 100 ms; 100 years of nanoseconds still fit its int64. */
const AGE_RANGE = { min: 100, max: 3_153_600_000_000 };

const RETENTION_KEYS: Readonly<Record<RetentionPolicy["type"], readonly string[]>> = {
  age: ["type", "maxAgeMs"],
  messages: ["type", "maxMessages"],
  bytes: ["type", "maxBytes"],
  acknowledgement: ["type"],
  unlimited: ["type"],
};

function requireRetention(retention: RetentionPolicy): void {
  requireKnownKeys("retention", retention, new Set(["type", "maxAgeMs", "maxMessages", "maxBytes"]));
  requireOneOf("retention.type", retention.type, Object.keys(RETENTION_KEYS));
  requireKnownKeys(`retention of type ${retention.type}`, retention, new Set(RETENTION_KEYS[retention.type]));
  if (retention.type === "age") requireInteger("retention.maxAgeMs", retention.maxAgeMs, AGE_RANGE);
  if (retention.type === "messages") requireInteger("retention.maxMessages", retention.maxMessages, { min: 1 });
  if (retention.type === "bytes") requireInteger("retention.maxBytes", retention.maxBytes, { min: 1 });
}

function requireOneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value === "string" && allowed.includes(value)) return;
  throw new UsageError(`${name} must be one of ${allowed.join(", ")}, not ${String(value)}`);
}

import { BrokerError } from "../errors/broker-errors.js";
import { LIMITS } from "../limits.js";
import { type StationName, parseStationName } from "../names.js";
import { parseRequestedName } from "./refused-name.js";
import { type StationRetention, fromWireRetention } from "./station-retention.js";
import { type DlsConfiguration, STATION_CREATION_DEFAULTS, type StationCreationRequest } from "./station-requests.js";

/** A station creation request after a broker's rules: ready to be carried out. */
export interface NormalizedStationCreation {
  readonly stationName: StationName;
  /** Without `$<accountId>`. */
  readonly username: string;
  /** 1 to 10,000. */
  readonly partitions: number;
  /** Lower-cased; undefined for none. Whether it exists is not known here. */
  readonly schemaName: string | undefined;
  readonly retention: StationRetention;
  readonly storage: "file" | "memory";
  /** 1, 3 or 5. */
  readonly replicas: number;
  /** 100 to 86,400,000, and at most the age of a retention by age. */
  readonly idempotencyWindowMs: number;
  readonly dlsConfiguration: DlsConfiguration;
  /** Undefined for none. */
  readonly dlsStation: StationName | undefined;
  readonly tieredStorageEnabled: boolean;
}

/**
 * What a broker makes of a station creation request. The checks come in a broker's order; those in between that need the
 * broker's state (the station exists: answer ok, whatever the rest says; user; rights; schema) are the caller's.
 * @throws {BrokerError} outcome `rejected`; its message is the text to answer.
 * @see Memphis broker 1.4.4, memphis_handlers_stations.go
 */
export function normalizeStationCreation(request: StationCreationRequest): NormalizedStationCreation {
  const stationName = parseRequestedName("Station", request.stationName, parseStationName);
  const partitions = requirePartitions(request.partitionsNumber);
  const retention = fromWireRetention(request);
  const storage = normalizeStorage(request.storageType);
  const replicas = normalizeReplicas(request.replicas);
  const idempotencyWindowMs = normalizeIdempotencyWindow(request.idempotencyWindowMs, retention);
  return {
    stationName,
    username: stripAccountSuffix(request.username),
    partitions,
    schemaName: request.schemaName === "" ? undefined : request.schemaName.toLowerCase(),
    retention,
    storage,
    replicas,
    idempotencyWindowMs,
    dlsConfiguration: request.dlsConfiguration,
    dlsStation:
      request.dlsStation === "" ? undefined : parseRequestedName("DLS station", request.dlsStation, parseStationName),
    tieredStorageEnabled: request.tieredStorageEnabled,
  };
}

/** A username without `$<digits>`, which only station requests may carry. @see memphis-protocol.md section 1.2 */
export function stripAccountSuffix(username: string): string {
  return username.replace(/\$\d+$/, "");
}

/** Only 1, 3 and 5 replicas exist: 0 and less → 1, 2 → 3, 4 → 5's lower neighbour 3, more → 5. @see memphis-protocol.md section 3.1 */
export function normalizeReplicas(replicas: number): number {
  if (replicas <= 1) return 1;
  return replicas < LIMITS.maxReplicas ? 3 : LIMITS.maxReplicas;
}

/**
 * @param windowMs - as requested; 0 and less: 2 minutes; 1 to 99: 100.
 * @throws {BrokerError} above a day, and above the age of a retention by age, also when the 2 minutes are the broker's own.
 * @see Memphis broker 1.4.4, memphis_handlers_stations.go
 */
export function normalizeIdempotencyWindow(windowMs: number, retention: StationRetention): number {
  const window =
    windowMs <= 0 ? STATION_CREATION_DEFAULTS.idempotencyWindowMs : Math.max(windowMs, LIMITS.minIdempotencyWindowMs);
  if (window > LIMITS.maxIdempotencyWindowMs) throw new BrokerError("idempotency window must be at most 24 hours");
  if (retention.type === "age" && window > retention.maxAgeMs) {
    throw new BrokerError(
      `idempotency window of ${window} ms must not exceed the retention of ${retention.maxAgeMs} ms`,
    );
  }
  return window;
}

function requirePartitions(partitions: number): number {
  if (partitions === 0)
    throw new BrokerError("this SDK is too old to create stations with partitions: update your SDK");
  if (partitions >= 1 && partitions <= LIMITS.maxPartitions) return partitions;
  throw new BrokerError(`a station has 1 to ${LIMITS.maxPartitions} partitions, not ${partitions}`);
}

function normalizeStorage(storageType: string): "file" | "memory" {
  const storage = storageType.toLowerCase();
  if (storage === "") return "file";
  if (storage === "file" || storage === "memory") return storage;
  throw new BrokerError(`storage type must be file or memory, not ${JSON.stringify(storageType)}`);
}

import { BrokerError, parseStationName, requireKnownKeys, UsageError } from "@stationkit/core-protocol";
import {
  type NormalizedStationCreation,
  normalizeStationCreation,
  STATION_CREATION_DEFAULTS,
  type StationCreationRequest,
  type WireRetention,
} from "@stationkit/core-protocol/control";
import type { StationOptions as NativeOptions } from "@stationkit/station-admin";
import { retentionTypes } from "./constants.js";

/** A station to be made: memphis-dev's names, defaults and units. */
export interface StationOptions {
  /** 1 to 128 of `a-z 0-9 _ - .`, first and last alphanumeric; upper case is lowered. */
  readonly name: string;
  /** One of `memphis.retentionTypes`, default `MAX_MESSAGE_AGE_SECONDS`. Limits count per partition. */
  readonly retentionType?: string | undefined;
  /** Seconds, messages or bytes, default 3,600; 0 and less mean one hour. */
  readonly retentionValue?: number | undefined;
  /** One of `memphis.storageTypes`, default `DISK`. */
  readonly storageType?: string | undefined;
  /** Default 1. Memphis has 1, 3 and 5: 2 becomes 3, 4 becomes 3, more than 5 becomes 5. */
  readonly replicas?: number | undefined;
  /** Milliseconds for which message ids are remembered, default 120,000, or the age when that is less. 0 and less mean the default. */
  readonly idempotencyWindowMs?: number | undefined;
  /** Attached when the station is made. Needs a control plane. */
  readonly schemaName?: string | undefined;
  /** Whether messages that were delivered too often become dead letters, default true. */
  readonly sendPoisonMsgToDls?: boolean | undefined;
  /** Whether messages that the schema refuses become dead letters, default true. */
  readonly sendSchemaFailedMsgToDls?: boolean | undefined;
  /** Default false. */
  readonly tieredStorageEnabled?: boolean | undefined;
  /** 1 to 10,000, default 1. */
  readonly partitionsNumber?: number | undefined;
  /** Name of the station for dead letters. */
  readonly dlsStation?: string | undefined;
  /** How often to ask again when there is no answer for 20 seconds, default 5. */
  readonly timeoutRetry?: number | undefined;
}

/** Checked. */
export interface ResolvedStationOptions {
  /** In the words of station-admin. */
  readonly native: NativeOptions;
  /** In those of a control plane, which keeps more of a station than streams do. */
  readonly request: Omit<StationCreationRequest, "username">;
  /** True when something was asked for that only a control plane can keep. */
  readonly isSpecial: boolean;
  readonly timeoutRetry: number | undefined;
}

const KEYS: ReadonlySet<string> = new Set([
  ...["name", "retentionType", "retentionValue", "storageType", "replicas", "idempotencyWindowMs", "schemaName"],
  ...["sendPoisonMsgToDls", "sendSchemaFailedMsgToDls", "tieredStorageEnabled", "partitionsNumber", "dlsStation"],
  "timeoutRetry",
]);

/** @throws {UsageError} for what a broker would refuse. */
export function resolveStationOptions(options: StationOptions): ResolvedStationOptions {
  requireKnownKeys("station", options, KEYS);
  const name = parseStationName(options.name);
  const request = toRequest(options);
  const station = normalize({ ...request, username: "" });
  const { schemaName, tieredStorageEnabled, dlsConfiguration } = station;
  if (station.dlsStation === name) throw new UsageError(`station "${name}" cannot hold its own dead letters`);
  return {
    native: {
      name,
      partitions: station.partitions,
      retention: station.retention.type === "ack" ? { type: "acknowledgement" } : station.retention,
      storage: station.storage,
      replicas: station.replicas,
      idempotencyWindowMs: station.idempotencyWindowMs,
      ...(station.dlsStation !== undefined && { dlsStation: station.dlsStation }),
    },
    request,
    isSpecial:
      schemaName !== undefined || tieredStorageEnabled || !dlsConfiguration.poison || !dlsConfiguration.schemaverse,
    timeoutRetry: options.timeoutRetry,
  };
}

function toRequest(options: StationOptions): Omit<StationCreationRequest, "username"> {
  const d = STATION_CREATION_DEFAULTS;
  const retention = {
    retentionType: options.retentionType ?? d.retentionType,
    retentionValue: options.retentionValue ?? d.retentionValue,
  };
  return {
    stationName: options.name,
    ...retention,
    storageType: options.storageType ?? d.storageType,
    replicas: options.replicas ?? d.replicas,
    idempotencyWindowMs: options.idempotencyWindowMs ?? defaultWindowMs(retention),
    schemaName: options.schemaName ?? d.schemaName,
    dlsConfiguration: {
      poison: options.sendPoisonMsgToDls ?? d.dlsConfiguration.poison,
      schemaverse: options.sendSchemaFailedMsgToDls ?? d.dlsConfiguration.schemaverse,
    },
    tieredStorageEnabled: options.tieredStorageEnabled ?? d.tieredStorageEnabled,
    partitionsNumber: atLeastOne(options.partitionsNumber ?? d.partitionsNumber),
    dlsStation: options.dlsStation ?? d.dlsStation,
  };
}

/** memphis-dev makes one partition of 0 and less. */
function atLeastOne(partitions: number): number {
  return partitions < 1 ? 1 : partitions;
}

/** A station that keeps messages for less than the default window would be refused, though its user never spoke of a window. */
function defaultWindowMs({ retentionType, retentionValue }: WireRetention): number {
  const window = STATION_CREATION_DEFAULTS.idempotencyWindowMs;
  const keepsForSeconds = retentionType === retentionTypes.MAX_MESSAGE_AGE_SECONDS && retentionValue > 0;
  return keepsForSeconds ? Math.min(window, retentionValue * 1_000) : window;
}

/** As a Memphis broker reads such a request. */
function normalize(request: StationCreationRequest): NormalizedStationCreation {
  try {
    return normalizeStationCreation(request);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    throw new UsageError(`station "${request.stationName}": ${error.message}`, { cause: error });
  }
}

/** What nothing on NATS would do: taken in silence, it would lose messages that somebody counts on, or keep what nobody wants kept. */
export function refuseWhatNatsLacks({ request }: ResolvedStationOptions): void {
  const { tieredStorageEnabled, dlsConfiguration } = request;
  if (tieredStorageEnabled) {
    throw new UsageError(
      "tieredStorageEnabled: there is no second tier on NATS; messages that the retention lets go are gone. Leave it out",
    );
  }
  if (!dlsConfiguration.poison) {
    throw new UsageError(
      "sendPoisonMsgToDls: false is not possible on NATS; messages that are delivered too often are kept as dead letters",
    );
  }
}

import { BrokerError, type StationName, StationNotFoundError } from "@stationkit/core-protocol";
import {
  autoCreatesStation,
  mayUsePartitions,
  STATION_CREATION_DEFAULTS,
  type StationRetention,
  type StationSchema,
} from "@stationkit/core-protocol/control";
import type { RetentionPolicy, Station, StationOptions } from "@stationkit/station-admin";
import type { BridgeContext } from "./context.js";
import { activeSchema } from "./state/schema-state.js";
import type { StationState } from "./state/station-state.js";

/** What a station has that comes into being when first used. @see memphis-protocol.md section 11 */
const NEW_STATION: Omit<StationOptions, "name"> = Object.freeze({
  partitions: STATION_CREATION_DEFAULTS.partitionsNumber,
  retention: Object.freeze({ type: "age", maxAgeMs: STATION_CREATION_DEFAULTS.retentionValue * 1_000 }),
  storage: "file",
  replicas: STATION_CREATION_DEFAULTS.replicas,
  idempotencyWindowMs: STATION_CREATION_DEFAULTS.idempotencyWindowMs,
});

/** The station, whatever its settings; made with Memphis's defaults when it is missing. Repairs one that is half made. */
export function ensureStation({ admin }: BridgeContext, name: StationName): Promise<Station> {
  return admin.ensure({ ...NEW_STATION, name });
}

/** The station as it is. @throws {StationNotFoundError} */
export async function requireStation({ admin }: BridgeContext, name: StationName): Promise<Station> {
  const { id, settings, partitions } = await admin.describe(name);
  return { name, id, settings, partitions: partitions.map(({ number }) => number) };
}

/** @returns undefined when there is no such station. */
export async function findStation(context: BridgeContext, name: StationName): Promise<Station | undefined> {
  try {
    return await requireStation(context, name);
  } catch (error) {
    if (error instanceof StationNotFoundError) return undefined;
    throw error;
  }
}

/** A station that a client declares itself on, and what the client is told of it. */
export interface ClientStation {
  readonly station: Station;
  readonly state: StationState;
  readonly schema: StationSchema | undefined;
}

/**
 * The station of a producer or consumer, made when it is missing.
 * @throws {BrokerError} for a client of before partitions: it would send to a stream that no station has.
 * @see memphis-protocol.md section 11
 */
export async function clientStation(
  context: BridgeContext,
  { stationName, requestVersion }: { readonly stationName: StationName; readonly requestVersion: number },
): Promise<ClientStation> {
  if (!mayUsePartitions(requestVersion) || !autoCreatesStation(requestVersion)) {
    throw new BrokerError(`station "${stationName}" has partitions, which this SDK is too old for: update your SDK`);
  }
  const station = await ensureStation(context, stationName);
  const state = await context.state.station(station);
  const schema = state.schema && (await context.state.schema(state.schema.name));
  return { station, state, schema: schema && activeSchema(schema) };
}

/** Memphis's retention as station-admin has it. */
export function toRetentionPolicy(retention: StationRetention): RetentionPolicy {
  return retention.type === "ack" ? { type: "acknowledgement" } : retention;
}

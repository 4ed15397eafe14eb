import { type BrokerError, type Connection, ResourceLimitError, type StationName } from "@stationkit/core-protocol";
import { STATION_DEFAULTS } from "./station-settings.js";
import { isPlacementError } from "./stream-api.js";

/**
 * The counts to try, in order: what was asked for, or on a cluster 3 and, where that cannot be placed, 1.
 * @see Jepsen's report on NATS 2.12.1: one copy is only right where there is only one server
 */
export function replicasToTry(connection: Connection, asked: number | undefined): readonly number[] {
  if (asked !== undefined) return [asked];
  if (connection.server.cluster === undefined) return [STATION_DEFAULTS.replicas];
  return [STATION_DEFAULTS.clusterReplicas, STATION_DEFAULTS.replicas];
}

/** True when the servers are too few, not when one that belongs to them is away: its return is worth waiting for. */
export function isReplicaShortage(error: unknown): error is BrokerError {
  return isPlacementError(error) && !(error as Error).message.includes("offline");
}

/** Says what the server's "no suitable peers" means. */
export function replicaShortage(station: StationName, replicas: number, cause: BrokerError): ResourceLimitError {
  const { serverCode, serverErrorCode } = cause;
  return new ResourceLimitError(
    `station "${station}": replicas is ${replicas}, which needs as many JetStream servers in one cluster: ${cause.message}`,
    { serverCode, serverErrorCode },
    { cause },
  );
}

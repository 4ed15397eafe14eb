import { UnsupportedOnMemphisError } from "@stationkit/core-protocol";
import { normalizeReplicas, type StationCreationOptions, toWireRetention } from "@stationkit/core-protocol/control";
import type { StationRequest } from "../station-request.js";
import type { RetentionPolicy } from "../station-settings.js";

/**
 * A station as it is asked for on the wire. All that a broker has a default for is said, for its defaults are not this stack's.
 * @throws {UnsupportedOnMemphisError} for settings that the wire has no place for. @throws {UsageError} for an age that is no whole
 *   number of seconds.
 */
export function toStationCreation(request: StationRequest, replicas: number): Omit<StationCreationOptions, "username"> {
  const { name, partitions, settings } = request;
  refuse(settings.maxMessageBytes !== undefined, "maxMessageBytes", "only the server's max_payload counts there");
  refuse(settings.discard === "new", "discard: new", "a full partition drops its oldest message there");
  refuse(settings.description !== undefined, "description", "stations have none there");
  refuse(normalizeReplicas(replicas) !== replicas, `replicas: ${replicas}`, "there are 1, 3 or 5 copies there");
  return {
    stationName: name,
    ...toWireRetention(toMemphisRetention(settings.retention)),
    storageType: settings.storage,
    replicas,
    idempotencyWindowMs: settings.idempotencyWindowMs,
    partitionsNumber: partitions,
    dlsStation: settings.dlsStation ?? "",
  };
}

function toMemphisRetention(retention: RetentionPolicy): Parameters<typeof toWireRetention>[0] {
  if (retention.type === "unlimited") {
    throw new UnsupportedOnMemphisError("retention: unlimited", "give an age, a count or a size");
  }
  return retention.type === "acknowledgement" ? { type: "ack" } : retention;
}

function refuse(condition: boolean, operation: string, reason: string): void {
  if (condition) throw new UnsupportedOnMemphisError(operation, reason);
}

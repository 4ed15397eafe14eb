import { STATION_CREATION_DEFAULTS } from "@stationkit/core-protocol/control";
import type { NewStationOptions } from "@stationkit/producer";

/**
 * What a station is made with when a producer or consumer is declared on a missing one: one partition, kept for an hour.
 * @see memphis-protocol.md section 11
 */
export const AUTO_CREATED: NewStationOptions = Object.freeze({
  partitions: STATION_CREATION_DEFAULTS.partitionsNumber,
  retention: Object.freeze({ type: "age", maxAgeMs: STATION_CREATION_DEFAULTS.retentionValue * 1_000 }),
  storage: "file",
  replicas: STATION_CREATION_DEFAULTS.replicas,
  idempotencyWindowMs: STATION_CREATION_DEFAULTS.idempotencyWindowMs,
});

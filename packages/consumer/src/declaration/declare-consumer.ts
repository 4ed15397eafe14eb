import { type Connection, type ControlPlane, StationNotFoundError, UsageError } from "@stationkit/core-protocol";
import { controlPlaneOf, createStationAdmin, STATION_DEFAULTS } from "@stationkit/station-admin";
import type { ResolvedConsumerOptions } from "../consumer-options.js";
import { declareOnJetStream } from "./jetstream-declaration.js";
import type { Declaration } from "./declaration.js";
import { declareOnMemphis } from "./memphis-declaration.js";

type Declare = (connection: Connection, options: ResolvedConsumerOptions) => Promise<Declaration>;

const DECLARE: Readonly<Record<ControlPlane, Declare>> = { jetstream: declareOnJetStream, memphis: declareOnMemphis };

/** Makes a member known, in the way of the connection's control plane. Station and group exist afterwards. */
export async function declareConsumer(connection: Connection, options: ResolvedConsumerOptions): Promise<Declaration> {
  await requirePartition(connection, options);
  return DECLARE[await controlPlaneOf(connection)](connection, options);
}

/** Before a station is made that does not have it. @throws {UsageError} */
async function requirePartition(connection: Connection, options: ResolvedConsumerOptions): Promise<void> {
  const { stationName, partitionNumber = 1, station } = options;
  const { partitions = STATION_DEFAULTS.partitions } = station;
  if (partitionNumber <= partitions) return;
  try {
    await createStationAdmin(connection).describe(stationName);
  } catch (cause) {
    if (!(cause instanceof StationNotFoundError)) throw cause;
    const range = `1 to ${partitions}, not ${partitionNumber}`;
    throw new UsageError(`station "${stationName}" would have to be made: partitionNumber must be ${range}`, { cause });
  }
}

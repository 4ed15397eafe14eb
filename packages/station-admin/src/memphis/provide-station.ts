import {
  type Connection,
  finalSubject,
  type InternalName,
  partitionStream,
  StationkitError,
  type StationName,
  type StreamName,
  streamSubjects,
  type SubjectName,
  toInternalName,
} from "@stationkit/core-protocol";
import { Operation } from "../operation.js";
import { createStationAdmin } from "../station-admin.js";
import type { Station } from "../station.js";
import type { StationOptions } from "../station-request.js";
import { STATION_DEFAULTS, type StationSettings } from "../station-settings.js";
import { readSettings } from "../stream-config.js";
import type { StreamInfo } from "../stream-wire.js";
import { streamsOnSubject } from "./streams-on-subject.js";

/** One partition's place on the wire. */
export interface PartitionAddress {
  readonly stream: StreamName;
  readonly subject: SubjectName;
}

/** For the question whether the station is there. */
const LOOK_MS = 20_000;
/** For settings that a login may not be allowed to read: a broker then says nothing that could be told from silence. */
const SETTINGS_MS = 1_000;
/** nats-server's shortest duplicate window: what is promised about a station whose settings cannot be read. */
const SHORTEST_WINDOW_MS = 100;

/**
 * Makes a station that is missing, before its first producer or consumer is registered: with the registration alone a broker would
 * make it with defaults of its own. A station that is there is left alone, also one that this login may not look into.
 */
export async function provideStation(
  connection: Connection,
  name: StationName,
  options: Omit<StationOptions, "name">,
): Promise<void> {
  const operation = new Operation(connection, { station: name, timeoutMs: LOOK_MS });
  const places = [partitionStream(name, 1), legacyStream(name)];
  const found = await Promise.all(places.map((stream) => streamsOnSubject(operation, streamSubjects(stream))));
  if (places.some((stream, index) => found[index]?.includes(stream) === true)) return;
  await createStationAdmin(connection).ensure({ ...options, name });
}

/** A station as its registered users know it. */
export interface RegisteredStation {
  readonly station: Station;
  /** False when this login may not read streams: then settings are assumed, and changes are not told. */
  readonly isReadable: boolean;
  /** Messages that it holds are kept only while groups have not acknowledged them, and there is no group. */
  readonly keepsNothing: boolean;
}

/** @param partitions - as the broker has told them; none for a station from before Memphis had partitions. */
export async function readRegistered(
  connection: Connection,
  name: StationName,
  partitions: readonly number[],
): Promise<RegisteredStation> {
  const [first] = partitions;
  const info = await readInfo(connection, first === undefined ? legacyStream(name) : partitionStream(name, first));
  const settings = info === undefined ? ASSUMED : readSettings(info.config);
  return {
    // One number stands for the one stream of a station without partitions.
    station: { name, partitions: first === undefined ? [1] : partitions, settings, id: undefined },
    isReadable: info !== undefined,
    keepsNothing: settings.retention.type === "acknowledgement" && info?.state.consumer_count === 0,
  };
}

/** @param partitions - as the broker has told them. */
export function addressOf(name: StationName, partitions: readonly number[], partition: number): PartitionAddress {
  const stream = partitions.length === 0 ? legacyStream(name) : partitionStream(name, partition);
  return { stream, subject: finalSubject(stream) };
}

async function readInfo(connection: Connection, stream: StreamName): Promise<StreamInfo | undefined> {
  try {
    return await connection.jetStream.request<StreamInfo>(`STREAM.INFO.${stream}`, undefined, {
      timeoutMs: SETTINGS_MS,
    });
  } catch (error) {
    // Not allowed, or not there: produced messages will tell the one from the other.
    if (StationkitError.is(error)) return undefined;
    throw error;
  }
}

/** A station of version 0 is one stream of its own name. @see memphis-protocol.md section 4 */
function legacyStream(name: StationName): StreamName {
  const stream: InternalName = toInternalName(name);
  return stream as string as StreamName;
}

const ASSUMED: StationSettings = {
  retention: { type: "unlimited" },
  storage: STATION_DEFAULTS.storage,
  replicas: STATION_DEFAULTS.replicas,
  idempotencyWindowMs: SHORTEST_WINDOW_MS,
  maxMessageBytes: undefined,
  discard: STATION_DEFAULTS.discard,
  dlsStation: undefined,
  description: undefined,
};

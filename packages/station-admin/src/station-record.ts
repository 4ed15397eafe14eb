import { randomBytes } from "node:crypto";
import { parseStationName, type StationName, UsageError } from "@stationkit/core-protocol";

/**
 * What every partition's stream carries in its metadata. Settings are not repeated there: they are the stream's own
 * configuration, so an administrator's `nats stream edit` of partition 1 is not overruled by a copy.
 */
export interface StationRecord {
  /** Random, one per life of a station: tells its streams from leftovers of an earlier or unfinished one. */
  readonly id: string;
  /** Partition count; only partition 1's counts. */
  readonly partitions: number;
  /** Goes up by one with every change of settings, so that an overwritten change can be told and restored. */
  readonly revision: number;
  readonly dlsStation: StationName | undefined;
}

type Metadata = Readonly<Record<string, string>>;

const KEY = {
  version: "stationkit.version",
  id: "stationkit.id",
  partitions: "stationkit.partitions",
  revision: "stationkit.revision",
  dlsStation: "stationkit.dls-station",
} as const;

/** Version of the record's form. */
const VERSION = "1";

/** Prefix of what nats-server itself adds (2.11 and newer). */
const SERVER_PREFIX = "_nats.";

/** 16 characters with 96 random bits. */
export function newStationId(): string {
  return randomBytes(12).toString("base64url");
}

/** Writes the record into a stream's metadata, keeping what others have put there. */
export function encodeRecord(record: StationRecord, existing: Metadata = {}): Metadata {
  const kept = Object.entries(existing).filter(
    ([key]) => !key.startsWith(SERVER_PREFIX) && !key.startsWith("stationkit."),
  );
  return {
    ...Object.fromEntries(kept),
    [KEY.version]: VERSION,
    [KEY.id]: record.id,
    [KEY.partitions]: String(record.partitions),
    [KEY.revision]: String(record.revision),
    ...(record.dlsStation !== undefined && { [KEY.dlsStation]: record.dlsStation }),
  };
}

/** @returns undefined for a stream that carries no record, or none of a form that this version knows. */
export function decodeRecord(metadata: Metadata | undefined): StationRecord | undefined {
  if (metadata?.[KEY.version] !== VERSION) return undefined;
  const id = metadata[KEY.id] ?? "";
  if (id === "") return undefined;
  const partitions = Number(metadata[KEY.partitions]);
  const revision = Number(metadata[KEY.revision]);
  if (!Number.isInteger(partitions) || partitions < 1 || !Number.isInteger(revision)) return undefined;
  return { id, partitions, revision, dlsStation: tryParseName(metadata[KEY.dlsStation]) };
}

function tryParseName(text: string | undefined): StationName | undefined {
  if (text === undefined) return undefined;
  try {
    return parseStationName(text);
  } catch (error) {
    // Metadata that somebody edited by hand: a name that cannot be one is as good as none.
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

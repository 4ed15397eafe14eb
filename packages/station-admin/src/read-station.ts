import { partitionStream, StationConflictError, type StationName } from "@stationkit/core-protocol";
import { inParallel, type Operation } from "./operation.js";
import { partitionNumbers, type Station } from "./station.js";
import { decodeRecord, type StationRecord } from "./station-record.js";
import type { StationSettings } from "./station-settings.js";
import { streamInfo } from "./stream-api.js";
import { hasPartitionSubjects, readSettings } from "./stream-config.js";
import type { StreamConfig, StreamInfo } from "./stream-wire.js";

/** What partition 1 says: the truth about a station. */
export interface StationHead {
  readonly name: StationName;
  /** Partition 1's configuration as the server told it. */
  readonly config: StreamConfig;
  /** When partition 1 was added, RFC 3339. */
  readonly created: string;
  /** How long ago that was, by the server's clock. */
  readonly ageMs: number;
  readonly settings: StationSettings;
  readonly partitionCount: number;
  /** undefined for streams of a station's form that another tool made. */
  readonly record: StationRecord | undefined;
}

/** A head of a station that this package made or has taken over. */
export type OwnHead = StationHead & { readonly record: StationRecord };

/**
 * Reads partition 1, and nothing else unless another tool made it: then counts partitions as far as there are streams of the form.
 * @returns undefined when the station does not exist.
 * @throws {StationConflictError} when the stream is there and listens to other subjects than a partition does.
 */
export async function readHead(operation: Operation, name: StationName): Promise<StationHead | undefined> {
  const info = await streamInfo(operation, partitionStream(name, 1));
  if (info === undefined) return undefined;
  const head = headOf(name, info);
  if (head.record !== undefined) return head;
  if (!hasPartitionSubjects(info.config)) throw streamInTheWay(name, info.config);
  return { ...head, partitionCount: await countForeignPartitions(operation, name) };
}

/** The head that partition 1's configuration makes; `partitionCount` is 1 without a record. */
export function headOf(name: StationName, { config, created, ts }: StreamInfo): StationHead {
  const record = decodeRecord(config.metadata);
  return {
    name,
    config,
    created,
    ageMs: (ts === undefined ? Date.now() : Date.parse(ts)) - Date.parse(created),
    settings: readSettings(config),
    partitionCount: record?.partitions ?? 1,
    record,
  };
}

export function isOwn(head: StationHead): head is OwnHead {
  return head.record !== undefined;
}

export function toStation(head: StationHead): Station {
  return {
    name: head.name,
    partitions: partitionNumbers(head.partitionCount),
    settings: head.settings,
    id: head.record?.id,
  };
}

export function streamInTheWay(name: StationName, config: StreamConfig): StationConflictError {
  const subjects = (config.subjects ?? []).join(", ");
  return new StationConflictError(
    `station "${name}": stream "${config.name}" (subjects: ${subjects}) is in the way: it is not a part of this station`,
    name,
  );
}

const PROBE_BATCH = 16;

async function countForeignPartitions(operation: Operation, name: StationName): Promise<number> {
  for (let count = 1; ; count += PROBE_BATCH) {
    const batch = Array.from({ length: PROBE_BATCH }, (_, index) => count + 1 + index);
    const infos = await inParallel(batch, (partition) => streamInfo(operation, partitionStream(name, partition)));
    const found = infos.findIndex((info) => !isForeignPartition(info));
    if (found >= 0) return count + found;
  }
}

/** A stream of a partition's form that carries no record. */
export function isForeignPartition(info: StreamInfo | undefined): boolean {
  return info !== undefined && hasPartitionSubjects(info.config) && decodeRecord(info.config.metadata) === undefined;
}

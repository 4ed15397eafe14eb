import { partitionStream, requireKnownKeys, StationkitError, type StationName, UsageError } from "@stationkit/core-protocol";
import { completeStation } from "./complete-station.js";
import { inParallel, type Operation } from "./operation.js";
import type { OwnHead } from "./read-station.js";
import { isReplicaShortage, replicaShortage } from "./replicas.js";
import { decodeRecord } from "./station-record.js";
import { requireWindowWithinAge, resolveSettings, type StationOptions } from "./station-request.js";
import { settingDifferences, type StationSettings } from "./station-settings.js";
import { streamInfo, updateStream } from "./stream-api.js";
import { changedStreamConfig } from "./stream-config.js";
import { readOwnHead } from "./take-over-station.js";

/** Settings that a live station can be given; what is left out stays. */
export type StationChanges = Pick<
  StationOptions,
  "retention" | "replicas" | "idempotencyWindowMs" | "discard"
> & {
  /** null: no limit but the server's. */
  readonly maxMessageBytes?: number | null;
  /** null: none. */
  readonly dlsStation?: string | null;
  /** null: none. */
  readonly description?: string | null;
};

const CHANGEABLE = ["retention", "replicas", "idempotencyWindowMs", "maxMessageBytes", "discard", "dlsStation", "description"];

/** @throws {UsageError} before any request, naming a setting that cannot be changed, or is wrong. */
export function resolveChanges(changes: StationChanges): Partial<StationSettings> {
  requireKnownKeys("update", changes, new Set([...CHANGEABLE, "name", "partitions", "storage"]));
  for (const fixed of ["name", "partitions", "storage"]) {
    if (!Object.hasOwn(changes, fixed)) continue;
    const hint = fixed === "partitions" ? ": use addPartitions" : ": make another station";
    throw new UsageError(`update: ${fixed} cannot be changed${hint}`);
  }
  const { maxMessageBytes, dlsStation, description, ...others } = changes;
  const checked = resolveSettings({
    ...others,
    ...(maxMessageBytes != null && { maxMessageBytes }),
    ...(dlsStation != null && { dlsStation }),
    ...(description != null && { description }),
  });
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (given.length === 0) throw new UsageError(`update: give at least one of ${CHANGEABLE.join(", ")}`);
  return Object.fromEntries(given.map(([key]) => [key, checked[key as keyof StationSettings]]));
}

/**
 * Writes the new settings to partition 1 under the next revision, which decides, then to the others. A crash in between is
 * repaired by the next `update` or `ensure`. Of two concurrent updates the later one wins as a whole.
 * @returns undefined when the station does not exist.
 */
export async function updateStation(
  operation: Operation,
  name: StationName,
  changes: Partial<StationSettings>,
): Promise<OwnHead | undefined> {
  let written = 0;
  for (;;) {
    const head = await readOwnHead(operation, name);
    if (head === undefined) return undefined;
    const settings = { ...head.settings, ...changes };
    // At or above the revision written here, other settings are another client's, and newer.
    const decided = written > 0 && head.record.revision >= written;
    if (decided || settingDifferences(head.settings, changes).length === 0) {
      const whole = await completeStation(operation, head, false);
      if (whole === undefined || (await restoreGrowth(operation, whole))) continue;
      if (whole.record.revision >= written) return whole;
    } else {
      requireWindowWithinAge(settings);
      written = head.record.revision + 1;
      await writeHead(operation, { ...head, settings, record: { ...head.record, ...recordOf(settings), revision: written } });
    }
  }
}

function recordOf({ dlsStation }: StationSettings): { dlsStation: StationSettings["dlsStation"] } {
  return { dlsStation };
}

/** Makes partition 1 say what `head` says. */
export async function writeHead(operation: Operation, head: OwnHead): Promise<void> {
  try {
    const answer = await updateStream(operation, changedStreamConfig(head.config, head.settings, head.record));
    if (StationkitError.is(answer)) throw answer;
  } catch (error) {
    if (isReplicaShortage(error)) throw replicaShortage(head.name, head.settings.replicas, error);
    throw error;
  }
}

/**
 * Partition 1 is written as a whole, so an update that has read it before a growth and written it after takes the growth
 * back. Its streams are there then; this commits them again.
 * @returns whether there was one.
 */
async function restoreGrowth(operation: Operation, head: OwnHead): Promise<boolean> {
  const { name, partitionCount, record } = head;
  const recordOfPartition = async (partition: number): Promise<OwnHead["record"] | undefined> => {
    const info = await streamInfo(operation, partitionStream(name, partition));
    const found = decodeRecord(info?.config.metadata);
    return found?.id === record.id ? found : undefined;
  };
  if (partitionCount >= 10_000) return false;
  const total = (await recordOfPartition(partitionCount + 1))?.partitions ?? 0;
  if (total <= partitionCount) return false;
  const others = Array.from({ length: total - partitionCount }, (_, index) => partitionCount + 1 + index);
  const records = await inParallel(others, recordOfPartition);
  if (records.includes(undefined)) return false;
  await writeHead(operation, { ...head, record: { ...record, partitions: total } });
  return true;
}

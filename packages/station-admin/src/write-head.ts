import { LIMITS, partitionStream, StationkitError } from "@stationkit/core-protocol";
import { inParallel, type Operation } from "./operation.js";
import type { OwnHead } from "./read-station.js";
import { isReplicaShortage, replicaShortage } from "./replicas.js";
import { decodeRecord } from "./station-record.js";
import { streamInfo, updateStream } from "./stream-api.js";
import { changedStreamConfig } from "./stream-config.js";

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
 * Partition 1 is written as a whole, so whoever has read it before a growth and writes it after takes the growth back. Its
 * streams are there then; each writer calls this when it has written, and commits them again.
 * @returns whether there was one.
 */
export async function restoreGrowth(operation: Operation, head: OwnHead): Promise<boolean> {
  const { name, partitionCount, record } = head;
  const recordOfPartition = async (partition: number): Promise<OwnHead["record"] | undefined> => {
    const info = await streamInfo(operation, partitionStream(name, partition));
    const found = decodeRecord(info?.config.metadata);
    return found?.id === record.id ? found : undefined;
  };
  if (partitionCount >= LIMITS.maxPartitions) return false;
  const total = (await recordOfPartition(partitionCount + 1))?.partitions ?? 0;
  if (total <= partitionCount) return false;
  const others = Array.from({ length: total - partitionCount }, (_, index) => partitionCount + 1 + index);
  const records = await inParallel(others, recordOfPartition);
  if (records.includes(undefined)) return false;
  await writeHead(operation, { ...head, record: { ...record, partitions: total } });
  return true;
}

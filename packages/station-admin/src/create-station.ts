import { StationkitError } from "@stationkit/core-protocol";
import { completeStation, withdrawStreams } from "./complete-station.js";
import { inParallel, type Operation } from "./operation.js";
import { isOwn, readHead, type StationHead, streamInTheWay } from "./read-station.js";
import { isReplicaShortage, replicasToTry, replicaShortage } from "./replicas.js";
import { partitionNumbers } from "./station.js";
import { decodeRecord, newStationId, type StationRecord } from "./station-record.js";
import type { StationRequest } from "./station-request.js";
import { createStream, streamInfo } from "./stream-api.js";
import { newStreamConfig, type PartitionRequest, serverFeatures } from "./stream-config.js";

/**
 * Makes the station when it is missing, and completes what is there otherwise.
 *
 * Partitions N..2 are added first, each under a random id of this call; then partition 1, whose addition is the one atomic step:
 * of many creators exactly one adds it, and its record says what the station is. A creator that dies before has made
 * nothing; one that dies after is completed by whoever comes next (see `completeStation`). The losers take back what
 * they have added beyond the winner's count, and use the winner's station.
 * @param check - called with a station that is there already, before anything is changed; may throw.
 */
export async function establishStation(
  operation: Operation,
  request: StationRequest,
  check?: (head: StationHead) => void,
): Promise<StationHead> {
  for (let attempt = 0; ; attempt++) {
    const head = await bringAbout(operation, request, check);
    if (head !== undefined) return head;
    // The first time, another creator was most likely just quicker: its station can be looked at right away.
    if (attempt > 0) await operation.pause(attempt);
  }
}

/** @returns undefined when the station was destroyed meanwhile, or another took its place. */
async function bringAbout(
  operation: Operation,
  request: StationRequest,
  check?: (head: StationHead) => void,
): Promise<StationHead | undefined> {
  const there = await readHead(operation, request.name);
  if (there === undefined) return create(operation, request);
  check?.(there);
  return isOwn(there) ? completeStation(operation, there, false) : there;
}

/** @returns undefined when another creator was first: the next look finds its station. */
async function create(operation: Operation, request: StationRequest): Promise<StationHead | undefined> {
  const { name, partitions } = request;
  const id = newStationId();
  await addStreams(operation, request, id);
  const made = await readHead(operation, name);
  const whole = made?.record?.id === id && isOwn(made) ? await completeStation(operation, made, true) : undefined;
  if (whole !== undefined) return whole;
  // What the winner does not need; the rest is its to claim or replace.
  const winner = await readHead(operation, name);
  const surplus = partitionNumbers(partitions).slice(winner?.partitionCount ?? 1);
  if (winner?.record?.id !== id) await withdrawStreams(operation, { name, id, partitions: surplus });
  return undefined;
}

/** Adds the streams. Afterwards the station exists, by this call or another. */
async function addStreams(operation: Operation, request: StationRequest, id: string): Promise<void> {
  for (const replicas of replicasToTry(operation.connection, request.settings.replicas)) {
    try {
      await addStreamsWith(operation, { request, id, replicas });
      return;
    } catch (error) {
      if (!isReplicaShortage(error)) throw error;
      if (request.settings.replicas !== undefined || replicas === 1)
        throw replicaShortage(request.name, replicas, error);
    }
  }
}

/** Adds N..2, then 1. */
async function addStreamsWith(
  operation: Operation,
  { request, id, replicas }: { request: StationRequest; id: string; replicas: number },
): Promise<void> {
  const { name, partitions } = request;
  const settings = { ...request.settings, replicas };
  const record: StationRecord = { id, partitions, revision: 1, dlsStation: settings.dlsStation };
  const features = serverFeatures(operation.connection.server);
  const others = partitionNumbers(partitions).slice(1).reverse();
  let committing = false;
  try {
    await inParallel(others, (partition) => addStream(operation, { name, partition, settings, record, features }));
    committing = true;
    await addStream(operation, { name, partition: 1, settings, record, features });
  } catch (error) {
    // Without an answer, partition 1 may be there: then the others belong to a station that exists.
    const certain = !committing || (StationkitError.is(error) && error.outcome !== "unknown");
    if (certain) await withdrawStreams(operation, { name, id, partitions: others }).catch(ignore);
    throw error;
  }
}

/** Leaves a stream that is there alone: after the commit it is claimed or replaced, by the one who has committed. */
async function addStream(operation: Operation, request: PartitionRequest): Promise<void> {
  const config = newStreamConfig(request);
  while ((await createStream(operation, config)) === "in-use") {
    const info = await streamInfo(operation, config.name);
    if (info === undefined) continue;
    // Partition 1 without a record is a station that another tool has made meanwhile.
    if (request.partition !== 1 && decodeRecord(info.config.metadata) === undefined) {
      throw streamInTheWay(request.name, info.config);
    }
    return;
  }
}

function ignore(): undefined {
  // What was not taken back is cleaned by the next creator; the failure that led here is what the caller has to hear.
  return undefined;
}

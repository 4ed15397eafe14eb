import { partitionStream, type StationName, tryParsePartitionStream } from "@stationkit/core-protocol";
import { inParallel, type Operation } from "./operation.js";
import type { OwnHead } from "./read-station.js";
import { decodeRecord } from "./station-record.js";
import { deleteStreamIf, listStreamNames, streamInfo } from "./stream-api.js";
import type { StreamInfo } from "./stream-wire.js";
import { readOwnHead } from "./take-over-station.js";

/**
 * Deletes partition 1, with which the station stops existing, then everything else of it. Without partition 1 it deletes
 * what an interrupted `destroy` or `create` has left.
 * @returns false when there was nothing to delete.
 */
export async function destroyStation(operation: Operation, name: StationName): Promise<boolean> {
  const head = await readOwnHead(operation, name);
  if (head !== undefined) {
    await deleteStreamIf(operation, partitionStream(name, 1), (info) => idOf(info) === head.record.id);
  }
  const swept = await sweep(operation, name, head);
  return head !== undefined || swept;
}

/** @param destroyed - undefined when an earlier call had deleted partition 1. */
async function sweep(operation: Operation, name: StationName, destroyed: OwnHead | undefined): Promise<boolean> {
  const streams = await findStreams(operation, name);
  const present = idOf(await streamInfo(operation, partitionStream(name, 1)));
  const id = destroyed?.record.id;
  if (present !== undefined && (present === id || destroyed === undefined)) return false;
  const mayDelete = (info: StreamInfo): boolean => {
    const owner = idOf(info);
    // Once the name is taken again, its new creator is at work on the same streams.
    if (owner === undefined || owner === present) return false;
    return destroyed === undefined || owner === id || isOlder(info, destroyed);
  };
  const deleted = await inParallel(streams, (stream) => deleteStreamIf(operation, stream, mayDelete));
  return deleted.includes(true);
}

/** Left by a creator of before: one that is at work now has added its streams later. */
function isOlder(info: StreamInfo, { created }: OwnHead): boolean {
  return Date.parse(info.created) <= Date.parse(created);
}

/** The streams of partitions 2 and up, also those beyond the count that the record says. */
async function findStreams(operation: Operation, name: StationName): Promise<string[]> {
  const streams: string[] = [];
  for await (const page of listStreamNames(operation)) {
    for (const stream of page) {
      const parsed = tryParsePartitionStream(stream);
      if (parsed?.station === name && parsed.partition > 1) streams.push(stream);
    }
  }
  return streams;
}

function idOf(info: StreamInfo | undefined): string | undefined {
  return decodeRecord(info?.config.metadata)?.id;
}

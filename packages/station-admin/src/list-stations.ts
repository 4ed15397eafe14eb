import { type StationName, tryParsePartitionStream } from "@stationkit/core-protocol";
import { describeStation, toDescription } from "./describe-station.js";
import type { Operation } from "./operation.js";
import { headOf, isForeignPartition, type StationHead } from "./read-station.js";
import { partitionNumbers, type StationDescription } from "./station.js";
import { listStreams } from "./stream-api.js";
import { hasPartitionSubjects } from "./stream-config.js";
import type { StreamInfo } from "./stream-wire.js";

type Partitions = Map<number, StreamInfo>;

/** Describes every station of the account, by name. */
export async function* listStations(operation: Operation): AsyncGenerator<StationDescription, void, undefined> {
  const stations = await collect(operation);
  for (const name of [...stations.keys()].sort()) {
    const partitions = stations.get(name) ?? new Map<number, StreamInfo>();
    stations.delete(name);
    const head = findHead(name, partitions);
    if (head === undefined) continue;
    const infos = partitionNumbers(head.partitionCount).map((partition) => partitions.get(partition));
    // A page shows neither what was added behind it nor, in a cluster, streams of servers that were slow to answer.
    const description = infos.includes(undefined) ? await describeStation(operation, name) : toDescription(head, infos);
    if (description !== undefined) yield description;
  }
}

async function collect(operation: Operation): Promise<Map<StationName, Partitions>> {
  const stations = new Map<StationName, Partitions>();
  for await (const page of listStreams(operation)) {
    for (const info of page) {
      const parsed = tryParsePartitionStream(info.config.name);
      if (parsed === undefined || !hasPartitionSubjects(info.config)) continue;
      const partitions = stations.get(parsed.station) ?? new Map<number, StreamInfo>();
      stations.set(parsed.station, partitions.set(parsed.partition, info));
    }
  }
  return stations;
}

/** Partition 1, and for streams of other tools how far they go without a gap. */
function findHead(name: StationName, partitions: Partitions): StationHead | undefined {
  const info = partitions.get(1);
  if (info === undefined) return undefined;
  const head = headOf(name, info);
  if (head.record !== undefined) return head;
  let partitionCount = 1;
  while (isForeignPartition(partitions.get(partitionCount + 1))) partitionCount++;
  return { ...head, partitionCount };
}

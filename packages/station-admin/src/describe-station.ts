import { partitionStream, type StationName } from "@stationkit/core-protocol";
import { inParallel, type Operation } from "./operation.js";
import { readHead, type StationHead } from "./read-station.js";
import { type PartitionDescription, partitionNumbers, type StationDescription } from "./station.js";
import { decodeRecord } from "./station-record.js";
import { streamInfo } from "./stream-api.js";
import type { StreamInfo } from "./stream-wire.js";

/** @returns undefined when the station does not exist. */
export async function describeStation(
  operation: Operation,
  name: StationName,
): Promise<StationDescription | undefined> {
  const head = await readHead(operation, name);
  if (head === undefined) return undefined;
  const infos = await inParallel(partitionNumbers(head.partitionCount), (partition) =>
    streamInfo(operation, partitionStream(name, partition)),
  );
  return toDescription(head, infos);
}

/** @param infos - index 0 is partition 1; undefined for a missing stream. */
export function toDescription(head: StationHead, infos: readonly (StreamInfo | undefined)[]): StationDescription {
  const partitions = partitionNumbers(head.partitionCount).map((number, index) =>
    describePartition(head, number, infos[index]),
  );
  return {
    name: head.name,
    id: head.record?.id,
    settings: head.settings,
    partitions,
    totals: {
      messages: partitions.reduce((sum, partition) => sum + partition.messages, 0),
      bytes: partitions.reduce((sum, partition) => sum + partition.bytes, 0),
    },
    createdAt: partitions[0]?.createdAt,
  };
}

function describePartition(head: StationHead, number: number, info: StreamInfo | undefined): PartitionDescription {
  const ready = info !== undefined && decodeRecord(info.config.metadata)?.id === head.record?.id;
  const state = ready ? info.state : undefined;
  const cluster = ready ? info.cluster : undefined;
  return {
    number,
    stream: partitionStream(head.name, number),
    state: ready ? "ready" : "incomplete",
    messages: state?.messages ?? 0,
    bytes: state?.bytes ?? 0,
    firstSequence: state?.first_seq ?? 0,
    lastSequence: state?.last_seq ?? 0,
    consumers: state?.consumer_count ?? 0,
    leader: cluster?.leader,
    replicas: (cluster?.replicas ?? []).map((peer) => ({
      server: peer.name,
      current: peer.current,
      offline: peer.offline ?? false,
      lag: peer.lag ?? 0,
    })),
    createdAt: ready ? new Date(info.created) : undefined,
  };
}

import { partitionStream, StationConflictError, type StationName, streamSubjects } from "@stationkit/core-protocol";
import { inParallel, type Operation } from "../operation.js";
import { partitionNumbers } from "../station.js";
import type { StationRequest } from "../station-request.js";
import { streamInfo } from "../stream-api.js";
import { streamsOnSubject } from "./streams-on-subject.js";

/** What is in the way of a partition. */
export interface TakenPlace {
  readonly partition: number;
  /** Name of the stream. */
  readonly by: string;
  readonly error: StationConflictError;
}

/** Looks for a stream that has the name of one of the station's partitions, or its subjects. */
export async function findTaken(
  operation: Operation,
  { name, partitions }: StationRequest,
): Promise<TakenPlace | undefined> {
  const places = await inParallel(partitionNumbers(partitions), async (partition) => {
    const stream = partitionStream(name, partition);
    const [onSubject, info] = await Promise.all([
      streamsOnSubject(operation, streamSubjects(stream)),
      streamInfo(operation, stream),
    ]);
    const by = onSubject.find((one) => one !== stream) ?? info?.config.name ?? onSubject[0];
    return by === undefined ? undefined : { partition, by, error: conflict(name, partition, by) };
  });
  return places.find((place) => place !== undefined);
}

/** Whether it may be that another client is just making this station. */
export function isBeingMade(name: StationName, { partition, by }: TakenPlace): boolean {
  return by === partitionStream(name, partition);
}

function conflict(name: StationName, partition: number, by: string): StationConflictError {
  return new StationConflictError(
    `station "${name}": stream "${by}" is in the place of partition ${partition}: remove it first`,
    name,
  );
}

import {
  type ConsumerGroupName,
  partitionStream,
  type StationName,
  StationNotFoundError,
  toInternalName,
} from "@stationkit/core-protocol";
import { inParallel, type Operation } from "../operation.js";
import { readHead, toStation } from "../read-station.js";
import { deleteGroup } from "./group-api.js";

/** @returns false when no partition knows the group. @throws {StationNotFoundError} */
export async function destroyGroup(
  operation: Operation,
  name: StationName,
  group: ConsumerGroupName,
): Promise<boolean> {
  const partitions = await partitionsOf(operation, name);
  const found = await inParallel(partitions, (partition) =>
    deleteGroup(operation, partitionStream(name, partition), toInternalName(group)),
  );
  return found.includes(true);
}

/** @throws {StationNotFoundError} */
export async function partitionsOf(operation: Operation, name: StationName): Promise<readonly number[]> {
  const head = await readHead(operation, name);
  if (head === undefined) throw new StationNotFoundError(name);
  return toStation(head).partitions;
}

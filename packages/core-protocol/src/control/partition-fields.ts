import type { JsonObject } from "./json-object.js";

/** Function id by partition number, from 1; a partition that is not there has no function. */
export type FirstFunctions = ReadonlyMap<number, number>;

/**
 * @internal Reads `partitions_update`: null, [] and missing are the same empty list, of a station that has no partitions.
 * @throws {MalformedMessageError} for a number below 1: such a partition has no stream, and messages to it would be lost.
 */
export function readPartitionsUpdate(body: JsonObject): readonly number[] {
  const update = body.object("partitions_update");
  const partitions = update.integers("partitions_list");
  return partitions.every((partition) => partition >= 1)
    ? partitions
    : update.fail("partitions_list", "must hold partition numbers from 1");
}

/** @internal A map as the wire's object; its keys are the partition numbers as text. */
export function functionsToWire(functions: FirstFunctions): Record<string, number> {
  return Object.fromEntries([...functions].map(([partition, functionId]) => [String(partition), functionId]));
}

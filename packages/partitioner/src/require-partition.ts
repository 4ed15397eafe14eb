import { PartitionError } from "./partition-error.js";
import type { PartitionRequest } from "./partitioner.js";

/** Throws unless `value` is one of the request's partitions. `subject` begins the error's sentence. */
export function requirePartition(value: unknown, request: PartitionRequest, subject: string): number {
  const { partitions, station } = request;
  // The list is nearly always 1..N: then this look replaces the search.
  if (typeof value === "number" && (partitions[value - 1] === value || partitions.includes(value))) return value;
  const place = station === undefined ? "" : ` of station "${station}"`;
  if (partitions.length === 0) {
    throw new PartitionError(`There is no partition${place} to choose from: the list of partitions is empty.`, {
      reason: "empty-list",
      station,
    });
  }
  throw new PartitionError(`${subject} ${describe(value)} is not one of the partitions${place}: ${list(partitions)}.`, {
    reason: "not-in-list",
    partition: typeof value === "number" && Number.isFinite(value) ? value : undefined,
    partitions,
    station,
  });
}

function describe(value: unknown): string {
  if (typeof value === "number" || value === undefined || value === null) return String(value);
  return typeof value === "string" ? JSON.stringify(value) : `(${typeof value})`;
}

/** At most eight numbers: a station may have hundreds of partitions. */
function list(partitions: readonly number[]): string {
  const shown = partitions.slice(0, 8).join(", ");
  return partitions.length > 8 ? `${shown}, … (${partitions.length} in all)` : shown;
}

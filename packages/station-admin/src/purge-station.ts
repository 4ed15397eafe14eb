import {
  LIMITS,
  partitionStream,
  requireInteger,
  requireKnownKeys,
  type StationName,
  UsageError,
} from "@stationkit/core-protocol";
import { inParallel, type Operation } from "./operation.js";
import { readHead } from "./read-station.js";
import { partitionNumbers } from "./station.js";
import { purgeStream } from "./stream-api.js";
import type { PurgeRequest } from "./stream-wire.js";

/** What to remove; everything, when nothing is said. */
export interface PurgeOptions {
  /** Only this partition, 1 to N. Default all. */
  readonly partition?: number;
  /** Removes messages up to and including this sequence, integer ≥ 1. Sequences are per partition, so it needs `partition`, unless there is one only. */
  readonly upToSequence?: number;
  /** Leaves so many of the newest messages in each partition, integer ≥ 1. Excludes `upToSequence`. */
  readonly keepMessages?: number;
}

/** What a purge has done. */
export interface PurgeResult {
  /** Over all partitions. */
  readonly purgedMessages: number;
}

/** @throws {UsageError} before any request. */
export function requirePurgeOptions(options: PurgeOptions): void {
  requireKnownKeys("purge", options, new Set(["partition", "upToSequence", "keepMessages"]));
  const { partition, upToSequence, keepMessages } = options;
  if (partition !== undefined) requireInteger("partition", partition, { min: 1, max: LIMITS.maxPartitions });
  if (upToSequence !== undefined)
    requireInteger("upToSequence", upToSequence, { min: 1, max: Number.MAX_SAFE_INTEGER - 1 });
  if (keepMessages !== undefined) requireInteger("keepMessages", keepMessages, { min: 1 });
  if (upToSequence !== undefined && keepMessages !== undefined) {
    throw new UsageError("purge: upToSequence and keepMessages exclude each other");
  }
}

/** @returns undefined when the station does not exist. */
export async function purgeStation(
  operation: Operation,
  name: StationName,
  options: PurgeOptions,
): Promise<PurgeResult | undefined> {
  const { partition, upToSequence, keepMessages } = options;
  const head = await readHead(operation, name);
  if (head === undefined) return undefined;
  if (partition !== undefined && partition > head.partitionCount) {
    throw new UsageError(`partition ${partition}: station "${name}" has ${head.partitionCount}`);
  }
  if (upToSequence !== undefined && partition === undefined && head.partitionCount > 1) {
    throw new UsageError("purge: upToSequence needs a partition: each partition has sequences of its own");
  }
  const request: PurgeRequest = {
    ...(upToSequence !== undefined && { seq: upToSequence + 1 }),
    ...(keepMessages !== undefined && { keep: keepMessages }),
  };
  const partitions = partition === undefined ? partitionNumbers(head.partitionCount) : [partition];
  const purged = await inParallel(partitions, (number) =>
    purgeStream(operation, partitionStream(name, number), request),
  );
  return { purgedMessages: purged.reduce<number>((sum, count) => sum + (count ?? 0), 0) };
}

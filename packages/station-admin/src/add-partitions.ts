import {
  LIMITS,
  requireInteger,
  requireKnownKeys,
  type StationName,
  StationUnavailableError,
  UsageError,
} from "@stationkit/core-protocol";
import { completeStation, type Outcome, settlePartition, withdrawStreams } from "./complete-station.js";
import { inParallel, type Operation } from "./operation.js";
import type { OwnHead } from "./read-station.js";
import { partitionNumbers } from "./station.js";
import { readOwnHead } from "./take-over-station.js";
import { restoreGrowth, writeHead } from "./write-head.js";

/** How many partitions a station shall have. */
export interface GrowthOptions {
  /** All partitions, old and new: integer, at least as many as there are, at most 10,000. */
  readonly total: number;
}

/** @throws {UsageError} before any request. */
export function resolveGrowth(options: GrowthOptions): number {
  requireKnownKeys("addPartitions", options, new Set(["total"]));
  return requireInteger("total", options.total, { min: 1, max: LIMITS.maxPartitions });
}

/**
 * Adds the new streams first, then writes the count to partition 1: only then does the station have them. A grower that
 * dies before has changed nothing, and the next one goes on where it stopped. Of concurrent growers the largest wins.
 * @returns undefined when the station does not exist.
 */
export async function addPartitions(
  operation: Operation,
  name: StationName,
  total: number,
): Promise<OwnHead | undefined> {
  for (let first = true; ; first = false) {
    const head = await readOwnHead(operation, name);
    if (head === undefined) return undefined;
    if (first && total < head.partitionCount) {
      throw new UsageError(
        `total is ${total}, but station "${name}" has ${head.partitionCount} partitions: they cannot be removed`,
      );
    }
    if (total <= head.partitionCount) {
      const whole = await completeStation(operation, head, false);
      if (whole === undefined || (await restoreGrowth(operation, whole))) continue;
      if (whole.partitionCount >= total) return whole;
    } else {
      await grow(operation, head, total);
    }
  }
}

async function grow(operation: Operation, head: OwnHead, total: number): Promise<void> {
  const record = { ...head.record, partitions: total };
  const added = new Set<number>();
  await addStreams(operation, { ...head, record }, added);
  // As late as possible: what has been changed since the first look has to survive.
  const now = await readOwnHead(operation, head.name);
  if (now?.record.id !== record.id) {
    await withdrawStreams(operation, { name: head.name, id: record.id, partitions: [...added] });
  } else if (now.partitionCount < total) {
    await writeHead(operation, { ...now, record: { ...now.record, partitions: total } });
  }
}

async function addStreams(operation: Operation, grown: OwnHead, added: Set<number>): Promise<void> {
  const partitions = partitionNumbers(grown.record.partitions).slice(grown.partitionCount);
  for (let attempt = 0; ; attempt++) {
    const outcomes = await inParallel<number, Outcome>(partitions, (partition) =>
      settlePartition(operation, { head: grown, partition, mayReplace: true, added }),
    );
    if (outcomes.every((outcome) => outcome === "settled" || typeof outcome === "object")) return;
    if (operation.expired)
      throw new StationUnavailableError(`station "${grown.name}" could not be grown in time`, grown.name);
    if (outcomes.includes("claimed")) await operation.pause(attempt);
  }
}

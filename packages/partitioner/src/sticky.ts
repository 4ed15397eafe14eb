import { partitionAt } from "./partition-at.js";
import type { Partitioner, PartitionRequest } from "./partitioner.js";
import { perStation } from "./per-station.js";
import { randomIndex, resolveStickyOptions, type StickyOptions } from "./sticky-options.js";

/** Where the run is; `remaining` is 0 before the first message only, and when the run is over. */
interface Run {
  index: number;
  partition: number | undefined;
  remaining: number;
}

/**
 * Stays on one partition for a run of messages, then moves to another one chosen at random; keys are ignored.
 *
 * Runs make for fuller batches than taking turns does. There is no linger here, so a run ends by count alone, where Kafka
 * ends it when a batch is sent. The next partition is random, and never the one just left, so that many producers
 * started at once do not walk over the partitions in step. Each call of this factory makes a run of its own, one for
 * every station name it meets. When the list grows, the run is finished first; new partitions take part from the next
 * choice on. When the current partition leaves the list, the run ends at once.
 *
 * @param options.maxRunMessages - messages per run, integer ≥ 1, default 100; 1 is a random walk.
 * @param options.random - source of chance, ≥ 0 and < 1, default `Math.random`.
 * @returns a {@link Partitioner} with a state; create one per producer.
 * @throws {PartitionError} reason `"invalid-option"`; the partitioner: reason `"empty-list"`.
 * @example const partitioner = sticky({ maxRunMessages: 500 });
 * @see https://cwiki.apache.org/confluence/display/KAFKA/KIP-480%3A+Sticky+Partitioner
 */
export function sticky(options: StickyOptions = {}): Partitioner {
  const { maxRunMessages, random } = resolveStickyOptions(options);
  const runOf = perStation((): Run => ({ index: 0, partition: undefined, remaining: 0 }));

  return (request) => {
    const run = runOf(request.station);
    const current = currentIndex(run, request);
    if (current === -1 || run.remaining === 0) {
      run.index = nextIndex(current, request, random);
      run.remaining = maxRunMessages;
    } else {
      run.index = current;
    }
    run.partition = partitionAt(request, run.index);
    run.remaining -= 1;
    return run.partition;
  };
}

/** Where the run's partition stands in the list now, which may have been reordered; -1 when it is not there. */
function currentIndex({ index, partition }: Run, { partitions }: PartitionRequest): number {
  if (partition === undefined) return -1;
  return partitions[index] === partition ? index : partitions.indexOf(partition);
}

/** Any index but `current`, all equally likely; with one partition there is only 0. */
function nextIndex(current: number, { partitions }: PartitionRequest, random: () => number): number {
  if (partitions.length < 2) return 0;
  if (current === -1) return randomIndex(random, partitions.length);
  const other = randomIndex(random, partitions.length - 1);
  return other < current ? other : other + 1;
}

import { partitionAt } from "./partition-at.js";
import type { Partitioner } from "./partitioner.js";
import { perStation } from "./per-station.js";

/**
 * Sends messages to the partitions in turn, starting at the first of the list; keys are ignored.
 *
 * Each call of this factory makes a counter of its own, one for every station name it meets. Order: any run of N calls
 * over an unchanged list of N partitions gives each partition once, however many callers share the counter. When the
 * list grows, the turn goes on where it was and takes the new partitions in; when it shrinks below that place, the
 * turn begins again at the first.
 *
 * @returns a {@link Partitioner} with a state; create one per producer unless several are meant to share the turn.
 * @throws {PartitionError} (the partitioner) reason `"empty-list"`.
 * @example const next = roundRobin(); // [1, 2, 3] → 1, 2, 3, 1, …
 * @see memphis.js, memphis.go, memphis.py: a counter per producer object that starts at the first partition
 */
export function roundRobin(): Partitioner {
  // An index instead of a count of messages: `count % length` would jump to an arbitrary place when the list grows.
  const cursorOf = perStation(() => ({ next: 0 }));
  return (request) => {
    const cursor = cursorOf(request.station);
    const index = cursor.next < request.partitions.length ? cursor.next : 0;
    cursor.next = index + 1;
    return partitionAt(request, index);
  };
}

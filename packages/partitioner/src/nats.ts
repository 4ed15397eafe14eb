import { byKey } from "./by-key.js";
import { fnv1a32 } from "./fnv1a32.js";
import type { Partitioner } from "./partitioner.js";
import { roundRobin } from "./round-robin.js";

/**
 * Chooses partitions as the subject mapping function `partition(n, …)` of nats-server does: a key goes to index
 * `fnv1a32(key) % partitions.length`, messages without a key go in turn as in {@link roundRobin}.
 *
 * The server hashes the chosen tokens joined without a dot: for `partition(4,1,2)` and the subject `orders.eu.7`, whose
 * wildcards are `eu` and `7`, the key is `eu7`. The server counts from 0: its p is `partitions[p]` here. The same
 * key keeps its partition while the list is unchanged; when the list grows, most keys move.
 *
 * @returns a {@link Partitioner}; its only state is the turn of the messages without a key.
 * @throws {PartitionError} (the partitioner) reason `"empty-list"` or `"invalid-key"`.
 * @example nats()({ key: "eu7", partitions: [1, 2, 3, 4] }); // 1, the server's partition 0
 * @see nats-server server/subject_transform.go, getHashPartition
 */
export function nats(): Partitioner {
  return byKey(fnv1a32, roundRobin());
}

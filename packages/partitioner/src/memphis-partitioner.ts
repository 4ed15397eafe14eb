import { byKey } from "./by-key.js";
import { murmur3 } from "./murmur3.js";
import type { Partitioner, PartitionKey } from "./partitioner.js";
import { roundRobin } from "./round-robin.js";

/** @see memphis.go connect.go:975-983, memphis.py producer.py:396-401 */
const memphisSeed = 31;

/**
 * Chooses partitions as the Go and Python SDKs of Memphis do: a key goes to
 * `partitions[murmur3(key, 31) % partitions.length]`, messages without a key go in turn as in {@link roundRobin}.
 * This is the producer's default.
 *
 * The same key keeps its partition while the list is unchanged; when the list grows, most keys move. With one partition
 * the key is not looked at. memphis.js 1.3.2 puts keys elsewhere, by its own bug (see the README).
 *
 * @returns a {@link Partitioner}; its only state is the turn of the messages without a key.
 * @throws {PartitionError} (the partitioner) reason `"empty-list"` or `"invalid-key"`.
 * @example memphisPartitioner()({ key: "user-1", partitions: [1, 2, 3] }); // 3
 * @see memphis.go connect.go:975-983
 */
export function memphisPartitioner(): Partitioner {
  return byKey(memphisHash, roundRobin());
}

function memphisHash(key: PartitionKey): number {
  return murmur3(key, memphisSeed);
}

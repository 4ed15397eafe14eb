import { byKey } from "./by-key.js";
import { murmur2 } from "./murmur2.js";
import type { Partitioner, PartitionKey } from "./partitioner.js";
import { sticky } from "./sticky.js";
import type { StickyOptions } from "./sticky-options.js";

/**
 * Chooses partitions as Kafka's Java client does: a key goes to index `toPositive(murmur2(key)) % partitions.length`,
 * messages without a key go as in {@link sticky}.
 *
 * Kafka counts partitions from 0: its partition p is `partitions[p]` here, number p + 1 on a station of 1..N. The same
 * key keeps its partition while the list is unchanged; when the list grows, most keys move.
 *
 * @param options - for messages without a key: see {@link StickyOptions}.
 * @returns a {@link Partitioner}; its only state is the run of the messages without a key.
 * @throws {PartitionError} reason `"invalid-option"`; the partitioner: reason `"empty-list"` or `"invalid-key"`.
 * @example kafkaPartitioner()({ key: "foobar", partitions: [1, 2, 3, 4] }); // 3, Kafka's partition 2
 * @see org.apache.kafka.clients.producer.internals.BuiltInPartitioner.partitionForKey
 */
export function kafkaPartitioner(options: StickyOptions = {}): Partitioner {
  return byKey(kafkaHash, sticky(options));
}

/** Kafka's `toPositive` clears the sign bit; it does not take the absolute value. */
function kafkaHash(key: PartitionKey): number {
  return murmur2(key) & 0x7fffffff;
}

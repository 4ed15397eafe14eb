import { partitionAt } from "./partition-at.js";
import type { Partitioner, PartitionKey } from "./partitioner.js";

/**
 * The partitioner `partitions[hash(key) % partitions.length]`; messages without a key go to `unkeyed`.
 * `hash` gives an integer ≥ 0.
 */
export function byKey(hash: (key: PartitionKey) => number, unkeyed: Partitioner): Partitioner {
  return (request) => {
    const { key, partitions } = request;
    // Callers without types pass null for "no key", as the Memphis SDKs allow.
    if (key == null) return unkeyed(request);
    return partitionAt(request, partitions.length > 1 ? hash(key) % partitions.length : 0);
  };
}

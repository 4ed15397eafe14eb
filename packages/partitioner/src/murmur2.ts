import { hashKey } from "./key-bytes.js";
import type { PartitionKey } from "./partitioner.js";

/** @see org.apache.kafka.common.utils.Utils.murmur2: seed and multiplier are constants there. */
const kafkaSeed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/**
 * MurmurHash2 of a key with Kafka's seed, as `Utils.murmur2` of Kafka's Java client computes it.
 *
 * @param key - text (hashed as UTF-8, as Kafka's `StringSerializer` writes it) or bytes.
 * @returns the hash as a *signed* integer, -2^31..2^31-1, as in Java; Kafka clears the sign bit before the modulo.
 * @throws {PartitionError} reason `"invalid-key"` for anything but a string or a `Uint8Array`.
 * @example murmur2("foobar"); // -790332482
 * @see https://github.com/apache/kafka/blob/trunk/clients/src/main/java/org/apache/kafka/common/utils/Utils.java
 */
export function murmur2(key: PartitionKey): number {
  return hashKey(key, murmur2Bytes, kafkaSeed);
}

/* eslint-disable @typescript-eslint/no-non-null-assertion -- every index below is smaller than length */
function murmur2Bytes(bytes: Uint8Array, length: number, seed: number): number {
  const tail = length & 3;
  const blocksEnd = length - tail;
  let hash = seed ^ length;

  for (let index = 0; index < blocksEnd; index += 4) {
    let block = bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24);
    block = Math.imul(block, multiplier);
    block = Math.imul(block ^ (block >>> 24), multiplier);
    hash = Math.imul(hash, multiplier) ^ block;
  }

  if (tail > 0) {
    if (tail > 2) hash ^= bytes[blocksEnd + 2]! << 16;
    if (tail > 1) hash ^= bytes[blocksEnd + 1]! << 8;
    hash = Math.imul(hash ^ bytes[blocksEnd]!, multiplier);
  }

  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}
/* eslint-enable @typescript-eslint/no-non-null-assertion */

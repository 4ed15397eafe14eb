import { hashKey } from "./key-bytes.js";
import type { PartitionKey } from "./partitioner.js";

/** @see http://www.isthe.com/chongo/tech/comp/fnv/ (offset basis and prime for 32 bits) */
const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/**
 * FNV-1a with 32 bits of a key: the hash behind `partition()` in the subject mappings of nats-server.
 *
 * @param key - text (hashed as UTF-8) or bytes.
 * @returns the hash as an unsigned integer, 0..2^32-1.
 * @throws {PartitionError} reason `"invalid-key"` for anything but a string or a `Uint8Array`.
 * @example fnv1a32("foobar"); // 0xbf9cf968
 * @see nats-server server/subject_transform.go, getHashPartition
 */
export function fnv1a32(key: PartitionKey): number {
  return hashKey(key, fnv1aBytes, offsetBasis);
}

function fnv1aBytes(bytes: Uint8Array, length: number, basis: number): number {
  let hash = basis;
  for (let index = 0; index < length; index++) {
    // eslint-disable-next-line @typescript-eslint/no-non-null-assertion -- index is smaller than length
    hash = Math.imul(hash ^ bytes[index]!, prime);
  }
  return hash >>> 0;
}

import { hashKey } from "./key-bytes.js";
import type { PartitionKey } from "./partitioner.js";

/**
 * MurmurHash3 x86_32 of a key; with seed 31 it is the hash that Memphis chooses partitions by.
 *
 * @param key - text (hashed as UTF-8) or bytes.
 * @param seed - 32-bit integer; taken modulo 2^32.
 * @returns the hash as an unsigned integer, 0..2^32-1.
 * @throws {PartitionError} reason `"invalid-key"` for anything but a string or a `Uint8Array`.
 * @example murmur3("hello", 0); // 0x248bfa47
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (MurmurHash3_x86_32)
 */
export function murmur3(key: PartitionKey, seed: number): number {
  return hashKey(key, murmur3Bytes, seed);
}

/* eslint-disable @typescript-eslint/no-non-null-assertion -- every index below is smaller than length */
function murmur3Bytes(bytes: Uint8Array, length: number, seed: number): number {
  const tail = length & 3;
  const blocksEnd = length - tail;
  let hash = seed | 0;

  for (let index = 0; index < blocksEnd; index += 4) {
    const block = bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24);
    hash ^= scramble(block);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }

  if (tail > 0) {
    let block = bytes[blocksEnd]!;
    if (tail > 1) block |= bytes[blocksEnd + 1]! << 8;
    if (tail > 2) block |= bytes[blocksEnd + 2]! << 16;
    hash ^= scramble(block);
  }

  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
/* eslint-enable @typescript-eslint/no-non-null-assertion */

function scramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

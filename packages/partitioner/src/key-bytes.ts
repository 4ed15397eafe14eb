import { PartitionError } from "./partition-error.js";
import type { PartitionKey } from "./partitioner.js";

/** The first `length` bytes of `bytes`; valid until the next call of {@link keyBytes}. */
export interface KeyBytes {
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** Longer texts get a buffer of their own, so that one huge key does not stay in memory for ever. In UTF-16 units. */
const maxSharedText = 4096;

const encoder = new TextEncoder();
// One UTF-16 unit is at most three bytes of UTF-8.
const sharedBytes = new Uint8Array(3 * maxSharedText);
// Handed out again and again: hashing is synchronous and never runs code of the caller in between.
const shared = { bytes: sharedBytes, length: 0 };

/** The UTF-8 bytes of a text key. Allocates nothing for ASCII of up to 4,096 characters. */
export function keyBytes(text: string): KeyBytes {
  const { length } = text;
  if (length > maxSharedText) {
    const bytes = encoder.encode(text);
    return { bytes, length: bytes.length };
  }
  shared.length = length;
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) {
      shared.length = encoder.encodeInto(text, sharedBytes).written;
      break;
    }
    sharedBytes[index] = unit;
  }
  return shared;
}

/** Throws unless `key` is bytes. Without this check a number or an object would hash as if it were empty. */
function requireBytes(key: unknown): asserts key is Uint8Array {
  // The tag also knows byte arrays of another realm, such as a vm context.
  if (key instanceof Uint8Array || Object.prototype.toString.call(key) === "[object Uint8Array]") return;
  const kind = key === null ? "null" : typeof key;
  throw new PartitionError(`A partition key is a string or a Uint8Array, not ${kind}.`, { reason: "invalid-key" });
}

/** Runs one of the hash functions of this package over a key's bytes. */
export function hashKey(
  key: PartitionKey,
  hash: (bytes: Uint8Array, length: number, seed: number) => number,
  seed: number,
): number {
  if (typeof key === "string") {
    const { bytes, length } = keyBytes(key);
    return hash(bytes, length, seed);
  }
  requireBytes(key);
  return hash(key, key.length, seed);
}

/**
 * What a partition key may be: text, hashed as its UTF-8 bytes, or the bytes themselves. `""` and a `Uint8Array` of
 * length 0 are keys like any other.
 *
 * A lone surrogate in a text counts as U+FFFD, as `TextEncoder` and `Buffer.from` encode it.
 */
export type PartitionKey = string | Uint8Array;

/** All that a partitioner may decide from: one message's key and where that message could go. */
export interface PartitionRequest {
  /** The message's key; `undefined` when it has none. */
  readonly key: PartitionKey | undefined;
  /**
   * The partition numbers of the station, normally 1..N ascending; never empty. Hashing partitioners choose an *index*
   * of this list (from 0) and give the *number* found there, so that every client must use the same order.
   */
  readonly partitions: readonly number[];
  /**
   * The station's name, where the caller has more than one. Partitioners that count keep one count per name; without it
   * a single `roundRobin()` serving two stations in turn would reach only half the partitions of each.
   */
  readonly station?: string;
}

/**
 * Decides the partition of one message: gives a partition *number* out of `request.partitions`, not an index.
 *
 * It is synchronous, and is to be called once per message: a second call moves the counting partitioners on. Any
 * function of this shape will do; {@link resolvePartition} checks what it gives.
 */
export type Partitioner = (request: PartitionRequest) => number;

const brand: unique symbol = Symbol.for("@stationkit/partitioner/PartitionError");

/**
 * Why there is no partition:
 * - `"not-in-list"`: the number is not one of the station's partitions (also when it is no number at all);
 * - `"empty-list"`: the list of partitions is empty;
 * - `"invalid-key"`: the key is neither a string nor a `Uint8Array`;
 * - `"invalid-option"`: an option of a partitioner is unknown or out of its range;
 * - `"partitioner-threw"`: a partitioner of the caller's own threw; see `cause`.
 */
export type PartitionErrorReason =
  "not-in-list" | "empty-list" | "invalid-key" | "invalid-option" | "partitioner-threw";

/** What a {@link PartitionError} is made of; every member but `reason` may be missing. */
export interface PartitionErrorDetails {
  /** See {@link PartitionErrorReason}. */
  readonly reason: PartitionErrorReason;
  /** The number that was refused; left out where it was not a finite number. */
  readonly partition?: number | undefined;
  /** The partition numbers that were possible. */
  readonly partitions?: readonly number[] | undefined;
  /** The station's name, where the request told it. */
  readonly station?: string | undefined;
  /** What a partitioner of the caller's own threw. */
  readonly cause?: unknown;
}

/**
 * The only error of this package: no partition could be chosen, so nothing has been sent. It is the caller's bug, and the
 * same call fails again.
 *
 * All fields survive `JSON.stringify`. Compare `code`, or use {@link PartitionError.is}: both also hold when two copies
 * of the package are loaded, where `instanceof` does not.
 */
export class PartitionError extends RangeError {
  static {
    this.prototype.name = "PartitionError";
    Object.defineProperty(this.prototype, brand, { value: true });
  }

  /** Stable for as long as the package exists. */
  readonly code = "SK_PARTITION_INVALID" as const;
  /** Always `false`: the same call fails again. */
  readonly retryable = false as const;
  /** Always `"not-sent"`: the broker has seen nothing of the message. */
  readonly outcome = "not-sent" as const;
  /** Why there is no partition. */
  readonly reason: PartitionErrorReason;
  /** The number that was refused; `undefined` where there was none, or not a finite one. */
  readonly partition: number | undefined;
  /** A copy of the partition numbers that were possible; empty where there was no list. */
  readonly partitions: readonly number[];
  /** The station's name, where the request told it. */
  readonly station: string | undefined;

  constructor(message: string, details: PartitionErrorDetails) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.reason = details.reason;
    this.partition = details.partition;
    this.partitions = [...(details.partitions ?? [])];
    this.station = details.station;
  }

  /** Whether `value` is a PartitionError, of this copy of the package or of another. */
  static is(value: unknown): value is PartitionError {
    return value instanceof Error && brand in value;
  }
}

import { PartitionError } from "./partition-error.js";
import type { Partitioner, PartitionRequest } from "./partitioner.js";
import { requirePartition } from "./require-partition.js";

/**
 * Asks a partitioner, which may be a function of the caller's own, and checks the answer.
 *
 * The partitioner is called exactly once, with one partition too, so that a wrong function shows at once and not when
 * the station grows.
 *
 * @param partitioner - any function of the type {@link Partitioner}.
 * @param request - passed on as it is.
 * @returns a number out of `request.partitions`.
 * @throws {PartitionError} reason `"not-in-list"` when the answer is not one of the partitions (or no number: a promise,
 * say), `"partitioner-threw"` with `cause` when it threw; a PartitionError that it threw is passed on unchanged.
 * @example resolvePartition(memphisPartitioner(), { key: "user-1", partitions: [1, 2, 3] }); // 3
 */
export function resolvePartition(partitioner: Partitioner, request: PartitionRequest): number {
  let answer: unknown;
  try {
    answer = partitioner(request);
  } catch (cause) {
    if (PartitionError.is(cause)) throw cause;
    throw new PartitionError(`The partitioner threw: ${cause instanceof Error ? cause.message : String(cause)}`, {
      reason: "partitioner-threw",
      partitions: request.partitions,
      station: request.station,
      cause,
    });
  }
  // A promise is refused below; if it rejects as well, nobody is left to hear it.
  if (answer instanceof Promise) answer.catch(() => undefined);
  return requirePartition(answer, request, "The partitioner's answer");
}

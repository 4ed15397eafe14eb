import { expectTypeOf } from "vitest";
import {
  explicitPartition,
  fnv1a32,
  kafkaPartitioner,
  memphisPartitioner,
  murmur2,
  murmur3,
  nats,
  PartitionError,
  type Partitioner,
  type PartitionErrorReason,
  type PartitionKey,
  type PartitionRequest,
  resolvePartition,
  roundRobin,
  sticky,
  type StickyOptions,
} from "./index.js";

expectTypeOf(memphisPartitioner).toEqualTypeOf<() => Partitioner>();
expectTypeOf(nats).toEqualTypeOf<() => Partitioner>();
expectTypeOf(roundRobin).toEqualTypeOf<() => Partitioner>();
expectTypeOf(sticky).toEqualTypeOf<(options?: StickyOptions) => Partitioner>();
expectTypeOf(kafkaPartitioner).toEqualTypeOf<(options?: StickyOptions) => Partitioner>();
expectTypeOf(explicitPartition).toEqualTypeOf<(partitions: readonly number[], partition: number) => number>();
expectTypeOf(resolvePartition).toEqualTypeOf<(partitioner: Partitioner, request: PartitionRequest) => number>();
expectTypeOf(murmur3).toEqualTypeOf<(key: PartitionKey, seed: number) => number>();
expectTypeOf(murmur2).toEqualTypeOf<(key: PartitionKey) => number>();
expectTypeOf(fnv1a32).toEqualTypeOf<(key: PartitionKey) => number>();

expectTypeOf<PartitionKey>().toEqualTypeOf<string | Uint8Array>();
expectTypeOf<Partitioner>().parameters.toEqualTypeOf<[request: PartitionRequest]>();
expectTypeOf<PartitionRequest["key"]>().toEqualTypeOf<PartitionKey | undefined>();
expectTypeOf<PartitionRequest["partitions"]>().toEqualTypeOf<readonly number[]>();
expectTypeOf<Buffer>().toExtend<PartitionKey>();

// A function of one's own needs no more than what it looks at.
expectTypeOf(
  (request: { readonly partitions: readonly number[] }) => request.partitions[0] ?? 1,
).toExtend<Partitioner>();
expectTypeOf(() => 1).toExtend<Partitioner>();
expectTypeOf(() => Promise.resolve(1)).not.toExtend<Partitioner>();
expectTypeOf(() => "1").not.toExtend<Partitioner>();

// A key must be said to be missing; the station may be left out.
expectTypeOf<{ partitions: number[] }>().not.toExtend<PartitionRequest>();
expectTypeOf<{ key: undefined; partitions: number[] }>().toExtend<PartitionRequest>();
expectTypeOf<{ key: number; partitions: number[] }>().not.toExtend<PartitionRequest>();

declare const error: PartitionError;
expectTypeOf(error.code).toEqualTypeOf<"SK_PARTITION_INVALID">();
expectTypeOf(error.outcome).toEqualTypeOf<"not-sent">();
expectTypeOf(error.retryable).toEqualTypeOf<false>();
expectTypeOf(error.reason).toEqualTypeOf<PartitionErrorReason>();
expectTypeOf(error).toExtend<RangeError>();
declare const caught: unknown;
if (PartitionError.is(caught)) expectTypeOf(caught).toEqualTypeOf<PartitionError>();

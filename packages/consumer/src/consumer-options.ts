import { types } from "node:util";
import {
  type ConsumerGroupName,
  type ConsumerName,
  LIMITS,
  parseConsumerGroupName,
  parseConsumerName,
  parseStationName,
  requireDurationMs,
  requireInteger,
  requireKnownKeys,
  type StationName,
  UsageError,
} from "@stationkit/core-protocol";
import { memphisPartitioner, type Partitioner, type PartitionKey } from "@stationkit/partitioner";
import type { StationOptions } from "@stationkit/station-admin";
import { requireStartPosition, type StartPosition } from "./start-position.js";

/** Settings of a station that is created because it is missing. */
export type NewStationOptions = Omit<StationOptions, "name">;

/** What a consumer is made from. */
export interface ConsumerOptions<T = Uint8Array> {
  readonly stationName: string;
  /** Name of this member, told in dead letters. */
  readonly consumerName: string;
  /** Members with the same group share the messages; every group gets all. Default: the consumer's name. */
  readonly consumerGroup?: string;
  /** Settings for a station that does not exist yet; one that exists keeps its own. */
  readonly station?: NewStationOptions;
  /** Where a new group begins. Default `"all"`. */
  readonly start?: StartPosition;
  /**
   * `shared` (default): any member may get any message. `exclusive`: a partition belongs to one member at a time, so that the order
   * of its messages is kept; needs nats-server 2.11. Left out, an existing group keeps what it has.
   */
  readonly partitions?: "shared" | "exclusive";
  /** Reads only this partition, from 1. Not together with `partitionKey`. */
  readonly partitionNumber?: number;
  /** Reads only the partition of this key. */
  readonly partitionKey?: PartitionKey;
  /** Which partition a key is on: the producer's. Default `memphisPartitioner()`. */
  readonly partitioner?: Partitioner;
  /** Turns bytes into `message.value`, before the message is handed out. Must be synchronous. */
  readonly deserializer?: (data: Uint8Array) => T;
  /** Milliseconds after which a message without an answer is delivered again, default 30,000. Of the group. */
  readonly ackTimeoutMs?: number;
  /** How often a message is delivered before it is a dead letter, default 10. Of the group. */
  readonly maxDeliveries?: number;
  /** Messages that may be on their way or wait here, over all partitions, default 40,000; at least one per partition. */
  readonly maxPrefetchMessages?: number;
  /** Bytes that may be on their way or wait here, over all partitions, default 16,777,216; at least one message per partition. */
  readonly maxPrefetchBytes?: number;
  /** Milliseconds between the signs of life of a partition without messages, default 5,000. */
  readonly heartbeatMs?: number;
  /** Milliseconds that `close()` and `drain()` wait for answers to messages that are in hand, default 5,000. */
  readonly closeTimeoutMs?: number;
}

/** Everything that has a default, with its value. */
export const CONSUMER_DEFAULTS = {
  start: "all",
  partitions: "shared",
  ackTimeoutMs: 30_000,
  maxDeliveries: 10,
  maxPrefetchMessages: 40_000,
  maxPrefetchBytes: 16_777_216,
  heartbeatMs: 5_000,
  closeTimeoutMs: 5_000,
} as const;

/** `ConsumerOptions` after checks, with the defaults filled in. */
export interface ResolvedConsumerOptions {
  readonly stationName: StationName;
  readonly consumerName: ConsumerName;
  readonly group: ConsumerGroupName;
  readonly station: NewStationOptions;
  readonly start: StartPosition;
  /** Only what the caller has said: the group may exist with other settings. */
  readonly insistsOn: GroupSettings;
  readonly partitionNumber: number | undefined;
  readonly partitionKey: PartitionKey | undefined;
  readonly partitioner: Partitioner;
  readonly deserializer: ((data: Uint8Array) => unknown) | undefined;
  readonly maxPrefetchMessages: number;
  readonly maxPrefetchBytes: number;
  readonly heartbeatMs: number;
  readonly closeTimeoutMs: number;
}

/** What all members of a group have in common. */
export interface GroupSettings {
  readonly partitions?: "shared" | "exclusive";
  readonly ackTimeoutMs?: number;
  readonly maxDeliveries?: number;
}

const KEYS = new Set<string>([
  ...["stationName", "consumerName", "consumerGroup", "station"],
  ...["partitionNumber", "partitionKey", "partitioner", "deserializer"],
  ...Object.keys(CONSUMER_DEFAULTS),
]);

/** nats-server's `expires` of a pull has no limit of its own, but its heartbeat may be half of it at most. */
const MAX_HEARTBEAT_MS = 60_000;
const MIN_HEARTBEAT_MS = 100;
const MIN_ACK_TIMEOUT_MS = 100;

/** @throws {UsageError} for unknown names, numbers out of range and contradictions; before any I/O. */
export function resolveConsumerOptions<T>(options: ConsumerOptions<T>): ResolvedConsumerOptions {
  requireKnownKeys("createConsumer", options, KEYS);
  requireFunction("partitioner", options.partitioner);
  requireFunction("deserializer", options.deserializer);
  if (types.isAsyncFunction(options.deserializer)) {
    throw new UsageError("deserializer must be synchronous: read with it from message.data in your handler instead");
  }
  if (options.partitionNumber !== undefined && options.partitionKey !== undefined) {
    throw new UsageError("give partitionNumber or partitionKey, not both");
  }
  const consumerName = parseConsumerName(options.consumerName);
  return {
    stationName: parseStationName(options.stationName),
    consumerName,
    group: parseConsumerGroupName(options.consumerGroup ?? consumerName),
    station: requireStationSettings(options.station ?? {}),
    start: requireStartPosition(options.start ?? CONSUMER_DEFAULTS.start),
    insistsOn: resolveGroupSettings(options),
    partitionNumber:
      options.partitionNumber === undefined
        ? undefined
        : requireInteger("partitionNumber", options.partitionNumber, { min: 1, max: LIMITS.maxPartitions }),
    partitionKey: options.partitionKey === undefined ? undefined : requireKey(options.partitionKey),
    partitioner: options.partitioner ?? memphisPartitioner(),
    deserializer: options.deserializer,
    maxPrefetchMessages: integer(options, "maxPrefetchMessages", { min: 1, max: 1_000_000 }),
    maxPrefetchBytes: integer(options, "maxPrefetchBytes", { min: 1 }),
    heartbeatMs: integer(options, "heartbeatMs", { min: MIN_HEARTBEAT_MS, max: MAX_HEARTBEAT_MS }),
    closeTimeoutMs: requireDurationMs("closeTimeoutMs", options.closeTimeoutMs ?? CONSUMER_DEFAULTS.closeTimeoutMs),
  };
}

/** @throws {UsageError} */
export function resolveGroupSettings({ partitions, ackTimeoutMs, maxDeliveries }: GroupSettings): GroupSettings {
  if (partitions !== undefined && !["shared", "exclusive"].includes(partitions)) {
    throw new UsageError(`partitions must be "shared" or "exclusive", not ${partitions as string}`);
  }
  if (ackTimeoutMs !== undefined) {
    requireInteger("ackTimeoutMs", requireDurationMs("ackTimeoutMs", ackTimeoutMs), { min: MIN_ACK_TIMEOUT_MS });
  }
  if (maxDeliveries !== undefined) requireInteger("maxDeliveries", maxDeliveries, { min: 1 });
  return {
    ...(partitions !== undefined && { partitions }),
    ...(ackTimeoutMs !== undefined && { ackTimeoutMs }),
    ...(maxDeliveries !== undefined && { maxDeliveries }),
  };
}

function requireStationSettings(station: NewStationOptions): NewStationOptions {
  if (typeof station !== "object") throw new UsageError("station must be an object of settings");
  if ("name" in station) throw new UsageError("station.name: the name is stationName");
  return station;
}

type CountKey = "maxPrefetchMessages" | "maxPrefetchBytes" | "heartbeatMs";

function integer(
  options: Readonly<Partial<Record<CountKey, number>>>,
  key: CountKey,
  range: { min: number; max?: number },
): number {
  return requireInteger(key, options[key] ?? CONSUMER_DEFAULTS[key], range);
}

/** With one partition no partitioner looks at it; a wrong one must not show only when the station grows. */
function requireKey(key: unknown): PartitionKey {
  if (typeof key === "string" || types.isUint8Array(key)) return key;
  throw new UsageError(`partitionKey must be a string or a Uint8Array, not ${key === null ? "null" : typeof key}`);
}

function requireFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") throw new UsageError(`${name} must be a function`);
}

import {
  BrokerError,
  parseConsumerGroupName,
  parseConsumerName,
  parseStationName,
  requireDurationMs,
  requireInteger,
  requireKnownKeys,
  type StationName,
  UsageError,
} from "@stationkit/core-protocol";
import { CONSUMER_CREATION_DEFAULTS, normalizeConsumerCreation } from "@stationkit/core-protocol/control";
import type { ConsumerOptions as NativeOptions, StartPosition } from "@stationkit/consumer";
import { AUTO_CREATED } from "./auto-created.js";
import { choosePartition, type PartitionChoice } from "./produce-options.js";

/** A consumer to be made: memphis-dev's names, defaults and units. */
export interface ConsumerOptions {
  readonly stationName: string;
  readonly consumerName: string;
  /** Default, also for an empty one: the consumer's name. */
  readonly consumerGroup?: string | undefined;
  /** Milliseconds from one batch to the next while there is a listener, default 1,000. */
  readonly pullIntervalMs?: number | undefined;
  /** Messages of a batch at most, 1 to 5,000, default 10. */
  readonly batchSize?: number | undefined;
  /** Milliseconds to wait until a batch is full, default 1,000. */
  readonly batchMaxTimeToWaitMs?: number | undefined;
  /** Milliseconds after which an unanswered message comes again, default 30,000. Of the group. */
  readonly maxAckTimeMs?: number | undefined;
  /** How often a message is delivered before it is a dead letter, 1 to 10, default 2. Of the group. */
  readonly maxMsgDeliveries?: number | undefined;
  /** Adds eight random characters to the consumer's name. */
  readonly genUniqueSuffix?: boolean | undefined;
  /** Where a new group begins, per partition, default 1. Not together with `lastMessages`. */
  readonly startConsumeFromSequence?: number | undefined;
  /** A new group begins with so many of the newest messages of each partition; 0: only new ones; -1 (default): all. */
  readonly lastMessages?: number | undefined;
  /** Reads only the partition of this key. */
  readonly consumerPartitionKey?: string | null | undefined;
  /** Reads only this partition, from 1; 0 and less mean all. */
  readonly consumerPartitionNumber?: number | null | undefined;
  /** How often to ask again when there is no answer, default 5. */
  readonly timeoutRetry?: number | undefined;
}

/** A single batch to be fetched. */
export type FetchMessagesOptions = Omit<ConsumerOptions, "pullIntervalMs" | "timeoutRetry">;

const defaults = {
  pullIntervalMs: 1_000,
  batchSize: 10,
  batchMaxTimeToWaitMs: 1_000,
  maxAckTimeMs: 30_000,
  maxMsgDeliveries: 2,
  startConsumeFromSequence: 1,
  lastMessages: -1,
} as const;

/** What `consumer` takes where nothing is said. @see memphis.js 1.3.2, memphis.ts `consumer()` */
export const CONSUMER_DEFAULTS: typeof defaults = Object.freeze(defaults);

const KEYS: ReadonlySet<string> = new Set([
  ...["stationName", "consumerName", "consumerGroup", "genUniqueSuffix", "timeoutRetry"],
  ...["consumerPartitionKey", "consumerPartitionNumber"],
  ...Object.keys(CONSUMER_DEFAULTS),
]);

const MAX_BATCH = 5_000;
/** memphis-dev's connections end half a second after close(); what is in hand then comes again, as there. */
const CLOSE_TIMEOUT_MS = 500;

/** Checked, with the defaults filled in. */
export interface ResolvedConsumerOptions {
  readonly station: StationName;
  readonly pullIntervalMs: number;
  readonly batchSize: number;
  readonly batchMaxTimeToWaitMs: number;
  readonly partition: PartitionChoice;
  readonly timeoutRetry: number | undefined;
  /** For our consumer, as far as it does not depend on the partition that is read. */
  readonly native: NativeOptions;
}

/** @throws {UsageError} before anything is sent or made. */
export function resolveConsumerOptions(options: ConsumerOptions): ResolvedConsumerOptions {
  requireKnownKeys("consumer", options, KEYS);
  const station = parseStationName(options.stationName);
  const consumerName = parseConsumerName(options.consumerName);
  const group =
    options.consumerGroup === undefined || options.consumerGroup === "" ? consumerName : options.consumerGroup;
  const consumerGroup = parseConsumerGroupName(group);
  const asked = normalize({ ...options, consumerName, consumerGroup });
  return {
    station,
    pullIntervalMs: readDuration("pullIntervalMs", options.pullIntervalMs, 1),
    batchSize: requireBatchSize(options.batchSize ?? CONSUMER_DEFAULTS.batchSize),
    batchMaxTimeToWaitMs: readDuration(
      "batchMaxTimeToWaitMs",
      options.batchMaxTimeToWaitMs,
      CONSUMER_DEFAULTS.batchMaxTimeToWaitMs,
    ),
    partition: choosePartition(options.consumerPartitionKey, options.consumerPartitionNumber),
    timeoutRetry: options.timeoutRetry,
    native: {
      stationName: station,
      consumerName,
      consumerGroup,
      station: AUTO_CREATED,
      start: asked.start,
      ackTimeoutMs: asked.maxAckTimeMs,
      maxDeliveries: asked.maxMsgDeliveries,
      closeTimeoutMs: CLOSE_TIMEOUT_MS,
    },
  };
}

/** @param inPlaceOfNone - what memphis-dev makes of 0 and less. @throws {UsageError} */
function readDuration(
  name: "pullIntervalMs" | "batchMaxTimeToWaitMs",
  value: number | undefined,
  inPlaceOfNone: number,
): number {
  const duration = value ?? CONSUMER_DEFAULTS[name];
  return requireDurationMs(name, duration <= 0 ? inPlaceOfNone : duration);
}

/** @throws {UsageError} */
export function requireBatchSize(value: unknown): number {
  return requireInteger("batchSize", value, { min: 1, max: MAX_BATCH });
}

/** As a Memphis broker reads such a request. */
function normalize(options: ConsumerOptions & { readonly consumerGroup: string }): {
  readonly start: StartPosition;
  readonly maxAckTimeMs: number;
  readonly maxMsgDeliveries: number;
} {
  try {
    const asked = normalizeConsumerCreation({
      ...CONSUMER_CREATION_DEFAULTS,
      consumerName: options.consumerName,
      stationName: options.stationName,
      consumerGroup: options.consumerGroup,
      ...{ connectionId: "", username: "", appId: "" },
      maxAckTimeMs: options.maxAckTimeMs ?? CONSUMER_DEFAULTS.maxAckTimeMs,
      maxMessageDeliveries: options.maxMsgDeliveries ?? CONSUMER_DEFAULTS.maxMsgDeliveries,
      startConsumeFromSequence: options.startConsumeFromSequence ?? CONSUMER_DEFAULTS.startConsumeFromSequence,
      lastMessages: options.lastMessages ?? CONSUMER_DEFAULTS.lastMessages,
    });
    return {
      start: startPosition(asked),
      maxAckTimeMs: asked.maxAckTimeMs,
      maxMsgDeliveries: asked.maxMessageDeliveries,
    };
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    throw new UsageError(`consumer "${options.consumerName}": ${error.message}`, { cause: error });
  }
}

/** @see memphis-protocol.md section 9.1 */
function startPosition(asked: {
  readonly lastMessages: number;
  readonly startConsumeFromSequence: number;
}): StartPosition {
  if (asked.lastMessages === 0) return "new";
  if (asked.lastMessages > 0) return { lastMessages: asked.lastMessages };
  return asked.startConsumeFromSequence > 1 ? { fromSequence: asked.startConsumeFromSequence } : "all";
}

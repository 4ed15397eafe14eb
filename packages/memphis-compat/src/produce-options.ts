import { types } from "node:util";
import { HEADER, type MessageHeaders, requireKnownKeys, UsageError } from "@stationkit/core-protocol";
import { type HeadersInput, readHeaders } from "./message-headers.js";

/** A message and how to send it: memphis-dev's names, defaults and units. */
export interface ProduceOptions {
  /** Bytes, text, or an object; what a schema allows where the station has one. */
  readonly message: unknown;
  /** Seconds until the message is given up, default 15; fractions are allowed. */
  readonly ackWaitSec?: number | undefined;
  /** true (default): resolves when the message is on its way. false: when it is stored. */
  readonly asyncProduce?: boolean | undefined;
  readonly headers?: HeadersInput | undefined;
  /** The station stores one message of an id within its idempotency window. */
  readonly msgId?: string | null | undefined;
  /** Messages of one key go to one partition. */
  readonly producerPartitionKey?: string | null | undefined;
  /** Partition, from 1; 0 and less mean none. Not together with a key. */
  readonly producerPartitionNumber?: number | null | undefined;
}

const KEYS: ReadonlySet<string> = new Set([
  ...["message", "ackWaitSec", "asyncProduce", "headers", "msgId", "producerPartitionKey", "producerPartitionNumber"],
]);

/** What `produce` takes where nothing is said. @see memphis.js 1.3.2, producer.ts `produce()` */
export const PRODUCE_DEFAULTS: { readonly ackWaitSec: 15; readonly asyncProduce: true } = Object.freeze({
  ackWaitSec: 15,
  asyncProduce: true,
});

const MAX_WAIT_SEC = 2_147_483;

/** Checked, in the words of our producer. */
export interface ResolvedProduce {
  readonly message: unknown;
  readonly deliveryTimeoutMs: number;
  readonly asyncProduce: boolean;
  readonly headers: MessageHeaders;
  readonly msgId: string | undefined;
  readonly partition: PartitionChoice;
}

/** Where a caller wants something to happen; empty: anywhere. */
export interface PartitionChoice {
  readonly partitionKey?: string;
  readonly partitionNumber?: number;
}

/** @throws {UsageError} before anything is sent. */
export function resolveProduce(options: ProduceOptions): ResolvedProduce {
  requireKnownKeys("produce", options, KEYS);
  if (!("message" in options)) throw new UsageError("produce: message is missing");
  return {
    // A copy: memphis-dev has written the bytes when produce() returns, and callers use their buffer again.
    message: types.isUint8Array(options.message) ? new Uint8Array(options.message) : options.message,
    deliveryTimeoutMs: waitMs(options.ackWaitSec ?? PRODUCE_DEFAULTS.ackWaitSec),
    asyncProduce: options.asyncProduce ?? PRODUCE_DEFAULTS.asyncProduce,
    headers: withoutMessageId(readHeaders(options.headers ?? {})),
    // memphis-dev takes no notice of an empty one.
    msgId: (options.msgId ?? "") === "" ? undefined : (options.msgId ?? undefined),
    partition: choosePartition(options.producerPartitionKey, options.producerPartitionNumber),
  };
}

/** The empty string is a key; null, and a number below 1, are nothing. @see memphis-protocol.md section 6 */
export function choosePartition(key: string | null | undefined, number: number | null | undefined): PartitionChoice {
  return {
    ...(key !== null && key !== undefined && { partitionKey: key }),
    ...(typeof number === "number" && number > 0 && { partitionNumber: number }),
  };
}

/**
 * A station with one partition takes everything there, whatever was asked for.
 * @throws {UsageError} for a key and a number at once.
 */
export function applyPartitions(choice: PartitionChoice, partitions: readonly number[]): PartitionChoice {
  if (partitions.length === 1) return {};
  if (choice.partitionKey !== undefined && choice.partitionNumber !== undefined) {
    throw new UsageError("give a partition key or a partition number, not both");
  }
  return choice;
}

/**
 * The id of another message, among headers that a reader passes on: a Memphis broker would take the new message for a repeat of that one,
 * and drop it.
 */
function withoutMessageId(headers: MessageHeaders): MessageHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== HEADER.memphisMessageId));
}

function waitMs(seconds: number): number {
  if (typeof seconds === "number" && seconds >= 0.001 && seconds <= MAX_WAIT_SEC) return Math.round(seconds * 1_000);
  throw new UsageError(`ackWaitSec must be 0.001 to ${MAX_WAIT_SEC} seconds, not ${String(seconds)}`);
}

import { requireKnownKeys, UsageError } from "@stationkit/core-protocol";
import { checkRequest, type ProduceRequest } from "../produce-request.js";

/** One message of an atomic batch: what `produce` takes, without a signal and a time of its own. */
export type AtomicRequest<T = unknown> = Omit<ProduceRequest<T>, "signal" | "deliveryTimeoutMs">;

/** What holds for the whole of an atomic batch. */
export interface AtomicOptions {
  /** Chooses the partition as a message's own key does. Not together with `partitionNumber`. */
  readonly partitionKey?: string | Uint8Array | undefined;
  /** Partition, from 1. */
  readonly partitionNumber?: number | undefined;
  /** Gives the batch up: before it is sent nothing is stored, afterwards its outcome is unknown. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from this call to the end of trying, in the place of the producer's `deliveryTimeoutMs`. */
  readonly deliveryTimeoutMs?: number | undefined;
}

/** The broker's word that all messages of a batch are stored, one behind the other. */
export interface AtomicAck {
  readonly station: string;
  /** Partition number, from 1. */
  readonly partition: number;
  /** JetStream sequence of the first message, from 1, per partition; the others follow without a gap. */
  readonly firstSequence: number;
  /** `firstSequence + count - 1`. */
  readonly lastSequence: number;
  /** Number of messages. */
  readonly count: number;
  /** Parallel to the requests; undefined where a message has no id. */
  readonly msgIds: readonly (string | undefined)[];
  /** True when the batch was there already: stored by an unanswered try, or by a batch of the same ids within the duplicate window. */
  readonly duplicate: boolean;
}

/** As many messages nats-server takes in one batch, unless it is configured otherwise. @see nats-server server/stream.go, ADR-50 */
export const MAX_ATOMIC_MESSAGES = 1_000;

const OPTION_KEYS = new Set(["partitionKey", "partitionNumber", "signal", "deliveryTimeoutMs"]);
const REQUEST_KEYS = new Set(["message", "headers", "msgId", "partitionKey", "partitionNumber"]);

/** @throws {UsageError} for everything about a batch that can be told wrong without a station. */
export function checkAtomic(requests: readonly AtomicRequest[], options: AtomicOptions): void {
  if (!isList(requests)) throw new UsageError("produceAtomic takes a list of { message, … }");
  if (requests.length === 0 || requests.length > MAX_ATOMIC_MESSAGES) {
    throw new UsageError(`produceAtomic takes 1 to ${MAX_ATOMIC_MESSAGES} messages, not ${requests.length}`);
  }
  requireKnownKeys("produceAtomic", options, OPTION_KEYS);
  checkRequest({ message: undefined, ...options });
  const seen = new Set<string>();
  for (const request of requests) {
    checkRequest(request);
    requireKnownKeys("a message of produceAtomic", request, REQUEST_KEYS);
    const { msgId } = request;
    if (msgId !== undefined && seen.has(msgId)) {
      throw new UsageError(`produceAtomic: two messages have the id ${msgId}; the broker would refuse the batch`);
    }
    if (msgId !== undefined) seen.add(msgId);
  }
}

/** `Array.isArray` makes `any` of a list that is read-only. */
function isList(value: unknown): boolean {
  return Array.isArray(value);
}

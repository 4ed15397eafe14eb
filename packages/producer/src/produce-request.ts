import { types } from "node:util";
import {
  LIMITS,
  type MessageHeaders,
  requireDurationMs,
  requireKnownKeys,
  UsageError,
} from "@stationkit/core-protocol";

/** One message and what goes with it. */
export interface ProduceRequest<T = unknown> {
  /** Bytes as they are (not copied: leave them unchanged until acknowledged), text as UTF-8, anything else as JSON. */
  readonly message: T;
  /** Names are case-sensitive; `$memphis…`, `Nats-Msg-Id`, `Nats-Batch-…` and `msg-id` are the producer's own. */
  readonly headers?: MessageHeaders | undefined;
  /** Id for duplicate detection, 1 to 1,024 bytes of printable ASCII; made by the producer when left out. */
  readonly msgId?: string | undefined;
  /** Messages of one key go to one partition, in order. The empty string is a key. Not together with `partitionNumber`. */
  readonly partitionKey?: string | Uint8Array | undefined;
  /** Partition, from 1. */
  readonly partitionNumber?: number | undefined;
  /** Gives the message up: before it is sent it is not stored, afterwards its outcome is unknown. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from this call to the end of trying, in the place of the producer's `deliveryTimeoutMs`. */
  readonly deliveryTimeoutMs?: number | undefined;
}

/** A request that says whether to wait for the broker. */
export interface ProduceOptions<T = unknown> extends ProduceRequest<T> {
  /**
   * true (default): resolves with a `Delivery` as soon as the message is admitted to the window.
   * false: resolves with the `PubAck` once the message is stored.
   */
  readonly asyncProduce?: boolean | undefined;
}

const KEYS = new Set([
  ...["message", "headers", "msgId", "partitionKey", "partitionNumber"],
  ...["signal", "deliveryTimeoutMs", "asyncProduce"],
]);
const PRINTABLE = /^[\x20-\x7e]+$/;

/** @throws {UsageError} for everything about a request that can be told wrong without a station. */
export function checkRequest(request: ProduceOptions): void {
  if (typeof request !== "object" || types.isUint8Array(request)) {
    throw new UsageError("produce takes { message, … }: put the message itself into message");
  }
  requireKnownKeys("produce", request, KEYS);
  if (!("message" in request)) throw new UsageError("produce: message is missing");
  if (request.partitionKey !== undefined && request.partitionNumber !== undefined) {
    throw new UsageError("produce: partitionKey and partitionNumber exclude each other");
  }
  if (request.asyncProduce !== undefined && typeof request.asyncProduce !== "boolean") {
    throw new UsageError("produce: asyncProduce must be true or false");
  }
  if (request.partitionKey !== undefined) checkKey(request.partitionKey);
  if (request.msgId !== undefined) checkMessageId(request.msgId);
  if (request.headers !== undefined) checkHeaders(request.headers);
  if (request.signal !== undefined) checkSignal(request.signal);
  if (request.deliveryTimeoutMs !== undefined)
    requireDurationMs("produce: deliveryTimeoutMs", request.deliveryTimeoutMs);
}

/** With one partition no partitioner looks at the key; a wrong one must not show only when the station grows. */
function checkKey(key: unknown): void {
  if (typeof key === "string" || types.isUint8Array(key)) return;
  throw new UsageError(
    `produce: partitionKey must be a string or a Uint8Array, not ${key === null ? "null" : typeof key}`,
  );
}

/** A `Map`, a `Headers` or an array has no properties of its own that are headers, so that they would be lost in silence. */
function checkHeaders(headers: unknown): void {
  if (typeof headers !== "object" || headers === null || Symbol.iterator in headers) {
    throw new UsageError("produce: headers must be an object of names and values, not a list, Map or Headers");
  }
}

function checkSignal(signal: unknown): void {
  const { aborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  if (typeof aborted !== "boolean" || typeof addEventListener !== "function") {
    throw new UsageError("produce: signal must be an AbortSignal");
  }
}

function checkMessageId(msgId: unknown): void {
  if (typeof msgId !== "string" || !PRINTABLE.test(msgId) || msgId.trim() !== msgId) {
    throw new UsageError("produce: msgId must be printable ASCII without white space at its ends");
  }
  if (msgId.length > LIMITS.maxMessageIdBytes) {
    throw new UsageError(`produce: msgId takes ${msgId.length} bytes, at most ${LIMITS.maxMessageIdBytes} are allowed`);
  }
}

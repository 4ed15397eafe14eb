import { type Connection, LIMITS, PayloadTooLargeError, UsageError } from "@stationkit/core-protocol";
import type { Station } from "@stationkit/station-admin";
import type { createEncoder } from "../engine/encode.js";
import { route } from "../engine/route.js";
import type { ProduceRequest } from "../produce-request.js";
import type { ResolvedProducerOptions } from "../producer-options.js";
import { AtomicBatch, type AtomicPart, BATCH_HEADER_BYTES, requireAtomicServer } from "./atomic-batch.js";
import { type AtomicOptions, type AtomicRequest, checkAtomic } from "./atomic-request.js";

/** What a batch needs of its producer. */
export interface BatchContext<T> {
  readonly connection: Connection;
  readonly options: ResolvedProducerOptions<T>;
  readonly station: Station;
  readonly encode: ReturnType<typeof createEncoder>;
  readonly nextId: () => string;
  /** @throws {PayloadTooLargeError} when one message of this size is too large. */
  readonly requireFit: (sizeBytes: number) => void;
}

/**
 * Checks, encodes and routes a batch; nothing is kept of one that throws.
 * @throws {UsageError} @throws {AtomicUnsupportedError} @throws {PayloadTooLargeError} nothing was sent.
 */
export function prepareBatch<T>(
  context: BatchContext<T>,
  requests: readonly AtomicRequest<T>[],
  options: AtomicOptions,
): AtomicBatch {
  checkAtomic(requests, options);
  const { connection, station, nextId } = context;
  if (context.options.delivery !== "individual") {
    throw new UsageError('produceAtomic needs a producer of its own, with delivery "individual"');
  }
  requireAtomicServer(connection.server);
  const parts = requests.map((request) => encodePart(context, request));
  const partition = routeAll(context, requests, options);
  const deliveryTimeoutMs = options.deliveryTimeoutMs ?? context.options.deliveryTimeoutMs;
  const deadline = Date.now() + deliveryTimeoutMs;
  const batch = new AtomicBatch({
    ...{ parts, station: station.name, partition, deliveryTimeoutMs, deadline, signal: options.signal, nextId },
    // As it is when a try is written: a reconnect may lead elsewhere.
    get server() {
      return connection.server;
    },
  });
  requireRoom(batch.sizeBytes, context.options.maxInFlightBytes);
  return batch;
}

function encodePart<T>(context: BatchContext<T>, request: AtomicRequest<T>): AtomicPart {
  const msgId = request.msgId ?? (context.options.idempotent ? context.nextId() : undefined);
  const encoded = context.encode(request, msgId);
  const sizeBytes = encoded.sizeBytes + BATCH_HEADER_BYTES;
  context.requireFit(sizeBytes);
  const headerBytes = sizeBytes - encoded.payload.length;
  if (headerBytes > LIMITS.maxHeaderBytes) {
    throw new UsageError(`headers take ${headerBytes} bytes in a batch, at most ${LIMITS.maxHeaderBytes} are allowed`);
  }
  return { request, msgId, sizeBytes, encoded };
}

/**
 * One partition for all: what the options name, else what the first message with a key or number names, else what the partitioner gives a
 * message without a key, asked once. Whatever else a message names must come to the same.
 */
function routeAll<T>(
  { options: { partitioner }, station: { name, partitions } }: BatchContext<T>,
  requests: readonly AtomicRequest<T>[],
  options: AtomicOptions,
): number {
  const choose = (request: ProduceRequest): number => route(request, partitions, partitioner, name);
  const named = [{ message: undefined, ...options }, ...requests].filter(isNamed);
  const [chosen, ...others] = named.length > 0 ? named.map(choose) : [choose({ message: undefined })];
  const other = others.find((partition) => partition !== chosen);
  if (chosen !== undefined && other === undefined) return chosen;
  throw new UsageError(`produceAtomic: all messages must go to one partition, not to ${chosen} and ${other}`);
}

function isNamed({ partitionKey, partitionNumber }: AtomicOptions): boolean {
  return partitionKey !== undefined || partitionNumber !== undefined;
}

/** A batch is written at once, so that it has to be one that the window may hold. */
function requireRoom(sizeBytes: number, limitBytes: number): void {
  if (sizeBytes <= limitBytes) return;
  throw new PayloadTooLargeError(
    `the batch takes ${sizeBytes} bytes with its headers; the producer's maxInFlightBytes is ${limitBytes}`,
    { outcome: "not-sent", sizeBytes, limitBytes },
  );
}

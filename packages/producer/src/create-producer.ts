import { type Connection, requireConnection, type StationName } from "@stationkit/core-protocol";
import { declareProducer } from "./declaration/declare-producer.js";
import type { FastIngestPubAck } from "./delivery.js";
import { MultiStationProducer as MultiStationProducerImpl } from "./multi-station-producer.js";
import type { MultiStationProducer, Producer } from "./producer.js";
import { type ProducerOptions, type ResolvedProducerOptions, resolveProducerOptions } from "./producer-options.js";
import { StationProducer } from "./station-producer.js";

/** Options under which every acknowledgement has a sequence. */
type Individually<T> = ProducerOptions<T> & { readonly delivery?: "individual" };

/**
 * Declares a producer on a station, or on several that each message then goes to. A station that is missing is created.
 *
 * Resolves when the stations exist and the producer may read its own acknowledgements. The producer follows a station that grows,
 * or is destroyed and made again; `connection.close()` flushes it.
 * @param options.stationName - one name gives a `Producer`, a list a `MultiStationProducer`, also a list of one.
 * @param options.delivery - with `"fast-ingest"`, acknowledgements may lack `sequence` and `duplicate` (`FastIngestPubAck`).
 * @throws {UsageError} for options that cannot be right; nothing was created.
 * @throws {PermissionDeniedError} when the login may not create the missing station, or not read answers.
 * @throws {StationkitError} whatever else keeps a station from being made, or a Memphis broker from registering the producer, see
 * station-admin's README.
 * @example
 * const producer = await createProducer(connection, { stationName: "orders", producerName: "checkout" });
 * const ack = await producer.produce({ message: { id: 1 }, asyncProduce: false });
 * @see memphis.js 1.3.2, memphis.ts `producer()`
 */
export function createProducer<T = unknown>(
  connection: Connection,
  options: Individually<T> & { readonly stationName: string },
): Promise<Producer<T>>;
export function createProducer<T = unknown>(
  connection: Connection,
  options: Individually<T> & { readonly stationName: readonly string[] },
): Promise<MultiStationProducer<T>>;
export function createProducer<T = unknown>(
  connection: Connection,
  options: Individually<T>,
): Promise<Producer<T> | MultiStationProducer<T>>;
export function createProducer<T = unknown>(
  connection: Connection,
  options: ProducerOptions<T> & { readonly stationName: string },
): Promise<Producer<T, FastIngestPubAck>>;
export function createProducer<T = unknown>(
  connection: Connection,
  options: ProducerOptions<T> & { readonly stationName: readonly string[] },
): Promise<MultiStationProducer<T, FastIngestPubAck>>;
export function createProducer<T = unknown>(
  connection: Connection,
  options: ProducerOptions<T>,
): Promise<Producer<T, FastIngestPubAck> | MultiStationProducer<T, FastIngestPubAck>>;
export async function createProducer<T>(
  connection: Connection,
  options: ProducerOptions<T>,
): Promise<Producer<T, FastIngestPubAck> | MultiStationProducer<T, FastIngestPubAck>> {
  requireConnection("createProducer", connection);
  const resolved = resolveProducerOptions(options);
  const opened = await Promise.allSettled(resolved.stations.map((name) => openStation(connection, resolved, name)));
  const producers = opened.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failure = opened.find((result) => result.status === "rejected");
  if (failure !== undefined) {
    await Promise.all(producers.map((producer) => producer.close()));
    throw failure.reason;
  }
  const [first] = producers;
  if (first !== undefined && !resolved.multiStation) return first;
  return new MultiStationProducerImpl(resolved.producerName, producers, resolved.idempotent);
}

async function openStation<T>(
  connection: Connection,
  options: ResolvedProducerOptions<T>,
  name: StationName,
): Promise<StationProducer<T>> {
  const { producerName, station } = options;
  const declaration = await declareProducer(connection, { name, producerName, station });
  warnOfShortDuplicateWindow(options, name, declaration.station.settings.idempotencyWindowMs);
  const producer = new StationProducer({ connection, options, declaration });
  try {
    await producer.open();
  } catch (error) {
    await producer.close();
    throw error;
  }
  return producer;
}

/** Shorter than the deadline, the window cannot cover every retry: the producer then reports `unknown` earlier than it had to. */
function warnOfShortDuplicateWindow<T>(
  options: ResolvedProducerOptions<T>,
  station: StationName,
  windowMs: number,
): void {
  if (!options.idempotent || windowMs >= options.deliveryTimeoutMs) return;
  process.emitWarning(
    `station "${station}" remembers message ids for ${windowMs} ms, less than deliveryTimeoutMs (${options.deliveryTimeoutMs}): ` +
      "an unanswered message is reported as unknown once they are forgotten. Raise idempotencyWindowMs or lower deliveryTimeoutMs.",
    { code: "SK_SHORT_DUPLICATE_WINDOW" },
  );
}

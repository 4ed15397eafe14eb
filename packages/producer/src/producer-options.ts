import {
  parseProducerName,
  parseStationName,
  type ProducerName,
  requireDurationMs,
  requireInteger,
  requireKnownKeys,
  type StationName,
  UsageError,
} from "@stationkit/core-protocol";
import { memphisPartitioner, type Partitioner } from "@stationkit/partitioner";
import type { StationOptions } from "@stationkit/station-admin";

/** Settings of a station that is created because it is missing. */
export type NewStationOptions = Omit<StationOptions, "name">;

/** What a producer is made from. */
export interface ProducerOptions<T = unknown> {
  /** One station, or several that each message goes to. */
  readonly stationName: string | readonly string[];
  readonly producerName: string;
  /** Settings for a station that does not exist yet; one that exists keeps its own. */
  readonly station?: NewStationOptions;
  /** Default `memphisPartitioner()`. */
  readonly partitioner?: Partitioner;
  /** Turns messages into bytes, in the place of the default (bytes, UTF-8, JSON). Must be synchronous. */
  readonly serializer?: (message: T) => Uint8Array;
  /** Give every message an id, so that a retry never stores it twice. Default true. */
  readonly idempotent?: boolean;
  /**
   * `pipelined` (default): order per partition is kept, except that a message which the broker refuses for a moment (503, 429)
   * can be overtaken by those already on the wire. `strict`: one message (by fast ingest, one batch) at a time per partition, no
   * exception.
   */
  readonly ordering?: "pipelined" | "strict";
  /**
   * `individual` (default): every message is published, and acknowledged, by itself. `fast-ingest`: messages that come close
   * together are published as a batch and acknowledged together, without their sequences; needs nats-server 2.14 and a station
   * that allows it, and does without where either is lacking.
   */
  readonly delivery?: "individual" | "fast-ingest";
  /** Messages per station that may be unacknowledged, default 512; with `delivery: "fast-ingest"` 2,048. */
  readonly maxInFlightMessages?: number;
  /** Bytes per station that may be unacknowledged, default 16,777,216. The last message admitted may exceed it. */
  readonly maxInFlightBytes?: number;
  /** Milliseconds from `produce()` to the end of trying, default 30,000. */
  readonly deliveryTimeoutMs?: number;
  /** Milliseconds without an answer after which one try counts as lost, default 5,000. */
  readonly ackTimeoutMs?: number;
  /** Milliseconds before the first retry, default 50; doubled each time, with jitter. */
  readonly retryDelayMs?: number;
  /** Milliseconds that a retry waits at most, default 2,000. */
  readonly maxRetryDelayMs?: number;
}

/** Everything that has a default, with its value. */
export const PRODUCER_DEFAULTS = {
  idempotent: true,
  ordering: "pipelined",
  delivery: "individual",
  maxInFlightMessages: 512,
  maxInFlightBytes: 16_777_216,
  deliveryTimeoutMs: 30_000,
  ackTimeoutMs: 5_000,
  retryDelayMs: 50,
  maxRetryDelayMs: 2_000,
} as const;

/** In the place of 512: the server speaks every 500 messages of a batch, and a window of 512 waits for each of its words. */
export const FAST_INGEST_MAX_IN_FLIGHT_MESSAGES = 2_048;

/** `ProducerOptions` after checks, with every default filled in. */
export interface ResolvedProducerOptions<T = unknown> {
  /** Never empty, no name twice. */
  readonly stations: readonly StationName[];
  readonly multiStation: boolean;
  readonly producerName: ProducerName;
  readonly station: NewStationOptions;
  readonly partitioner: Partitioner;
  readonly serializer: ((message: T) => Uint8Array) | undefined;
  readonly idempotent: boolean;
  readonly ordering: "pipelined" | "strict";
  readonly delivery: "individual" | "fast-ingest";
  readonly maxInFlightMessages: number;
  readonly maxInFlightBytes: number;
  readonly deliveryTimeoutMs: number;
  readonly ackTimeoutMs: number;
  readonly retryDelayMs: number;
  readonly maxRetryDelayMs: number;
}

const KEYS = new Set<string>([
  ...["stationName", "producerName", "station", "partitioner", "serializer"],
  ...Object.keys(PRODUCER_DEFAULTS),
]);

/** @throws {UsageError} for unknown names, bad names of stations, numbers out of range and contradictions; before any I/O. */
export function resolveProducerOptions<T>(options: ProducerOptions<T>): ResolvedProducerOptions<T> {
  requireKnownKeys("createProducer", options, KEYS);
  requireFunction("partitioner", options.partitioner);
  requireFunction("serializer", options.serializer);
  const delivery = requireDelivery(options.delivery ?? PRODUCER_DEFAULTS.delivery);
  const maxInFlightMessages =
    delivery === "fast-ingest" ? FAST_INGEST_MAX_IN_FLIGHT_MESSAGES : PRODUCER_DEFAULTS.maxInFlightMessages;
  const resolved = {
    stations: resolveStations(options.stationName),
    multiStation: typeof options.stationName !== "string",
    producerName: parseProducerName(options.producerName),
    station: requireStationSettings(options.station ?? {}),
    partitioner: options.partitioner ?? memphisPartitioner(),
    serializer: options.serializer,
    idempotent: requireBoolean("idempotent", options.idempotent ?? PRODUCER_DEFAULTS.idempotent),
    ordering: requireOrdering(options.ordering ?? PRODUCER_DEFAULTS.ordering),
    delivery,
    maxInFlightMessages: requireInteger("maxInFlightMessages", options.maxInFlightMessages ?? maxInFlightMessages, {
      min: 1,
      max: 1_000_000,
    }),
    maxInFlightBytes: requireInteger(
      "maxInFlightBytes",
      options.maxInFlightBytes ?? PRODUCER_DEFAULTS.maxInFlightBytes,
      {
        min: 1,
      },
    ),
    deliveryTimeoutMs: duration(options, "deliveryTimeoutMs"),
    ackTimeoutMs: duration(options, "ackTimeoutMs"),
    retryDelayMs: duration(options, "retryDelayMs"),
    maxRetryDelayMs: duration(options, "maxRetryDelayMs"),
  };
  if (resolved.maxRetryDelayMs < resolved.retryDelayMs)
    throw new UsageError("maxRetryDelayMs must not be below retryDelayMs");
  return resolved;
}

function resolveStations(stationName: unknown): StationName[] {
  if (typeof stationName === "string") return [parseStationName(stationName)];
  if (!Array.isArray(stationName) || stationName.length === 0) {
    throw new UsageError("stationName must be a name, or a list of at least one");
  }
  const stations = stationName.map((name: string) => parseStationName(name));
  const twice = stations.find((name, index) => stations.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`stationName lists "${twice}" twice`);
  return stations;
}

function requireStationSettings(station: NewStationOptions): NewStationOptions {
  if (typeof station !== "object") throw new UsageError("station must be an object of settings");
  if ("name" in station) throw new UsageError("station.name: the name is stationName");
  return station;
}

type MsKey = "deliveryTimeoutMs" | "ackTimeoutMs" | "retryDelayMs" | "maxRetryDelayMs";

function duration(options: Readonly<Partial<Record<MsKey, number>>>, key: MsKey): number {
  return requireDurationMs(key, options[key] ?? PRODUCER_DEFAULTS[key]);
}

function requireOrdering(value: unknown): "pipelined" | "strict" {
  if (value === "pipelined" || value === "strict") return value;
  throw new UsageError(`ordering must be "pipelined" or "strict", not ${String(value)}`);
}

function requireDelivery(value: unknown): "individual" | "fast-ingest" {
  if (value === "individual" || value === "fast-ingest") return value;
  throw new UsageError(`delivery must be "individual" or "fast-ingest", not ${String(value)}`);
}

function requireBoolean(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new UsageError(`${name} must be true or false, not ${String(value)}`);
}

function requireFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") throw new UsageError(`${name} must be a function`);
}

import { type StationName, tryParsePartitionStream } from "@stationkit/core-protocol";
import { MalformedMessageError, type MalformedMessageFields } from "@stationkit/core-protocol/control";

/** A message that a durable has been sent as often as it may be. */
export interface MaxDeliveries {
  readonly station: StationName;
  /** From 1. */
  readonly partition: number;
  /** JetStream sequence in its partition, from 1. */
  readonly sequence: number;
  readonly group: string;
  readonly deliveries: number;
}

/**
 * @returns undefined for one about a stream that is no partition of a station.
 * @throws {MalformedMessageError} for what is no advisory: anybody may publish on its subject.
 * @see nats-server server/jetstream_events.go
 */
export function decodeMaxDeliveries(bytes: Uint8Array): MaxDeliveries | undefined {
  const advisory = parseObject(bytes);
  const place = tryParsePartitionStream(text(advisory, "stream"));
  if (place === undefined) return undefined;
  return {
    ...place,
    sequence: count(advisory, "stream_seq"),
    group: text(advisory, "consumer").replaceAll("#", "."),
    deliveries: count(advisory, "deliveries"),
  };
}

const KIND: MalformedMessageFields = { messageKind: "max-deliveries advisory", outcome: "rejected" };

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (cause) {
    throw new MalformedMessageError("is not JSON", KIND, { cause });
  }
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new MalformedMessageError("is no object", KIND);
}

function text(advisory: Readonly<Record<string, unknown>>, field: string): string {
  const value = advisory[field];
  if (typeof value === "string") return value;
  throw new MalformedMessageError("must be a string", { ...KIND, field });
}

function count(advisory: Readonly<Record<string, unknown>>, field: string): number {
  const value = advisory[field];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
  throw new MalformedMessageError("must be an integer from 1", { ...KIND, field });
}

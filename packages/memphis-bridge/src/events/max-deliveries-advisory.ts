import { type StationName, tryParsePartitionStream } from "@stationkit/core-protocol";

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

interface Advisory {
  readonly stream: string;
  readonly consumer: string;
  readonly stream_seq: number;
  readonly deliveries: number;
}

/** @returns undefined for one about a stream that is no partition of a station. @see nats-server server/jetstream_events.go */
export function decodeMaxDeliveries(bytes: Uint8Array): MaxDeliveries | undefined {
  const advisory = JSON.parse(Buffer.from(bytes).toString("utf8")) as Advisory;
  const place = tryParsePartitionStream(advisory.stream);
  if (place === undefined) return undefined;
  return {
    ...place,
    sequence: advisory.stream_seq,
    group: advisory.consumer.replaceAll("#", "."),
    deliveries: advisory.deliveries,
  };
}

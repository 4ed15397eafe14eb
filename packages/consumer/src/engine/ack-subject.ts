/** What the reply subject of a delivered message says. */
export interface DeliveryPlace {
  readonly stream: string;
  readonly durable: string;
  /** How often the message was delivered to the group, this time included. */
  readonly deliveries: number;
  /** Of the message in its stream, from 1. */
  readonly sequence: number;
  /** Counts the deliveries of the durable, from 1. */
  readonly consumerSequence: number;
  /** When the message was stored, milliseconds since 1970. */
  readonly storedAtMs: number;
  /** Messages that the group has not been sent yet. */
  readonly pending: number;
}

export const ACK_PREFIX = "$JS.ACK.";
const SHORT_TOKENS = 9;
const LONG_TOKENS = 11;
const NANOSECOND_DIGITS = 6;

/**
 * Reads both forms: `$JS.ACK.<stream>.<durable>.…`, and the longer one that puts domain and account before the stream.
 * @returns undefined for a subject of any other form.
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md
 */
export function parseAckSubject(subject: string): DeliveryPlace | undefined {
  if (!subject.startsWith(ACK_PREFIX)) return undefined;
  const tokens = subject.split(".");
  if (tokens.length !== SHORT_TOKENS && tokens.length < LONG_TOKENS) return undefined;
  const [stream = "", durable = "", deliveries, sequence, consumerSequence, stored = "", pending] = tokens.slice(
    tokens.length === SHORT_TOKENS ? 2 : 4,
  );
  const place = {
    stream,
    durable,
    deliveries: Number(deliveries),
    sequence: Number(sequence),
    consumerSequence: Number(consumerSequence),
    // Nanoseconds since 1970 do not fit a number.
    storedAtMs: Number(stored.slice(0, -NANOSECOND_DIGITS)),
    pending: Number(pending),
  };
  return Number.isInteger(place.deliveries) && Number.isInteger(place.sequence) ? place : undefined;
}

/** Finds what belongs to the stream that an ack subject names, without taking the subject apart. */
export function findByStream<Value>(subject: string, byStream: ReadonlyMap<string, Value>): Value | undefined {
  if (!subject.startsWith(ACK_PREFIX)) return undefined;
  const end = subject.indexOf(".", ACK_PREFIX.length);
  const found = byStream.get(subject.slice(ACK_PREFIX.length, end));
  if (found !== undefined) return found;
  const start = subject.indexOf(".", end + 1) + 1;
  return start === 0 ? undefined : byStream.get(subject.slice(start, subject.indexOf(".", start)));
}

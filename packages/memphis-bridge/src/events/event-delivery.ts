import type { ReceivedMessage } from "../queue-listener.js";

/** One try of the server to have an event dealt with. */
export interface EventDelivery {
  readonly subject: string;
  readonly data: Uint8Array;
  /** Which try it is, from 1. */
  readonly deliveries: number;
  /** Of the event in its stream, and when it came there; together they tell it from all others. */
  readonly sequence: number;
  readonly storedAt: string;
}

const PREFIX = "$JS.ACK.";
const SHORT_TOKENS = 9;
const LONG_TOKENS = 11;

/**
 * Reads what the reply subject of a delivered message says, in both of its forms.
 * @returns undefined for a message that no durable has delivered.
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md
 */
export function readDelivery({ subject, data, reply = "" }: ReceivedMessage): EventDelivery | undefined {
  const tokens = reply.split(".");
  if (!reply.startsWith(PREFIX) || (tokens.length !== SHORT_TOKENS && tokens.length < LONG_TOKENS)) return undefined;
  const [, , deliveries, sequence, , storedAt = ""] = tokens.slice(tokens.length === SHORT_TOKENS ? 2 : 4);
  const delivery = { subject, data, deliveries: Number(deliveries), sequence: Number(sequence), storedAt };
  return Number.isInteger(delivery.deliveries) && Number.isInteger(delivery.sequence) ? delivery : undefined;
}

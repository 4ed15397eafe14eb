import { randomBytes } from "node:crypto";

/**
 * What a message is to its batch. `start` opens it, `append` adds to it, `commit` adds to it and ends it, `end` ends it without
 * being stored, `ping` asks for the last acknowledgement again and is not stored.
 * @see ADR-50, "Fast-ingest batch publishing"
 */
export const OPERATION = { start: 0, append: 1, commit: 2, end: 3, ping: 4 } as const;

export type Operation = (typeof OPERATION)[keyof typeof OPERATION];

/** The server acknowledges at most so many messages at a time, whatever is asked for (nats-server 2.15, observed). */
export const MAX_FLOW = 500;

/** Which batch and which message of it an answer is about: answers come to the reply subject of the message that caused them. */
export interface ReplyAddress {
  readonly batchId: string;
  /** From 1. */
  readonly sequence: number;
  readonly isPing: boolean;
}

/**
 * The part that all reply subjects of a batch have in common. A gap in it ends the batch (`fail`), so that nothing is ever stored
 * behind a message that is missing.
 * @param inbox - subject of the control channel, without a dot at its end.
 * @param flow - 1 to 500, how many messages the server may leave unacknowledged before it speaks; it may choose fewer.
 */
export function replyPrefix(inbox: string, batchId: string, flow: number): string {
  return `${inbox}.${batchId}.${flow}.fail.`;
}

/** @param sequence - place in the batch, from 1, without holes; `ping` repeats the last one. */
export function replySubject(prefix: string, sequence: number, operation: Operation): string {
  return `${prefix}${sequence}.${operation}.$FI`;
}

/** Reads the subject of an answer; undefined when it is none. @param inboxLength - characters of the channel's subject. */
export function tryParseReplySubject(subject: string, inboxLength: number): ReplyAddress | undefined {
  const [batchId, , , sequence, operation, mark] = subject.slice(inboxLength + 1).split(".");
  if (batchId === undefined || mark !== "$FI") return undefined;
  const number = Number(sequence);
  if (!Number.isSafeInteger(number)) return undefined;
  return { batchId, sequence: number, isPing: Number(operation) === OPERATION.ping };
}

/**
 * Makes the ids of batches: eight random characters (48 bits) and a counter. They need to be unique among the batches that are
 * open on one stream, and travel with every message.
 */
export function createBatchIds(): () => string {
  const prefix = randomBytes(6).toString("base64url");
  let count = 0;
  return () => prefix + (count++).toString(36);
}

import { headerLine, type MessageHeaders } from "@stationkit/core-protocol";

/**
 * Why a message became a dead letter: given up by its reader, delivered too often, not readable, or refused by the schema that a Memphis
 * SDK checked it against, before it was in its station.
 */
export type DeadLetterCause = "rejected" | "max-deliveries" | "undecodable" | "schema";

/** What is told of a dead letter, in its headers. */
export interface DeadLetterStory {
  readonly cause: DeadLetterCause;
  /** For people: one line. */
  readonly reason: string;
  readonly deadLetteredAt: Date;
  /** How often its group was sent it; 0 where a Memphis SDK does not tell. */
  readonly deliveries: number;
  readonly station: string;
  /** From 1. */
  readonly partition: number;
  /** JetStream sequence in its partition, from 1; 0 when a schema refused it. */
  readonly sequence: number;
  /** Empty when a schema refused it. */
  readonly group: string;
  /** The member that gave it up, empty where a Memphis SDK does not tell; the producer when a schema refused it. */
  readonly consumer: string;
}

const HEADER = {
  cause: "Dead-Letter-Cause",
  reason: "Dead-Letter-Reason",
  deadLetteredAt: "Dead-Letter-At",
  deliveries: "Dead-Letter-Deliveries",
  station: "Dead-Letter-Station",
  partition: "Dead-Letter-Partition",
  sequence: "Dead-Letter-Sequence",
  group: "Dead-Letter-Group",
  consumer: "Dead-Letter-Consumer",
} as const;
const STORY_HEADERS: ReadonlySet<string> = new Set(Object.values(HEADER));
/** Before the name of an original header that would mean something to the server if it were sent again. */
const ORIGINAL = "Dead-Letter-Original-";
const SERVER_HEADER = /^(Nats-|msg-id$)/i;
const MESSAGE_ID = "Nats-Msg-Id";
const MAX_REASON_CHARACTERS = 1_024;

/**
 * The headers of a dead letter: the story, and the original ones. Those that nats-server acts on (message id, expected sequences, time to
 * live and such) are kept under another name.
 * @param messageId - of the dead letter itself.
 * @returns lines, each ended by CR LF.
 */
export function encodeDeadLetterHeaders(story: DeadLetterStory, original: MessageHeaders, messageId: string): string {
  const told = {
    ...story,
    reason: oneLine(story.reason),
    deadLetteredAt: story.deadLetteredAt.toISOString(),
  };
  const own = Object.entries(HEADER).map(
    ([field, name]) => [name, String(told[field as keyof typeof HEADER])] as const,
  );
  return headerLines([[MESSAGE_ID, messageId], ...own, ...keptHeaders(original)]);
}

/** @returns undefined for a message that carries no story, or not a whole one. */
export function decodeDeadLetterHeaders(headers: MessageHeaders): DeadLetterStory | undefined {
  const read = (field: keyof typeof HEADER): string => String(headers[HEADER[field]] ?? "");
  const story = {
    cause: read("cause") as DeadLetterCause,
    reason: read("reason"),
    deadLetteredAt: new Date(read("deadLetteredAt")),
    deliveries: Number(read("deliveries")),
    station: read("station"),
    partition: Number(read("partition")),
    sequence: Number(read("sequence")),
    group: read("group"),
    consumer: read("consumer"),
  };
  const cameFromGroup = story.group !== "" && story.sequence >= 1;
  const isWhole = story.station !== "" && story.partition >= 1 && (cameFromGroup || story.cause === "schema");
  return isWhole ? story : undefined;
}

/** The headers with which a dead letter is sent again: the original ones. @param messageId - of the copy. */
export function encodeResentHeaders(letter: MessageHeaders, messageId: string): string {
  return headerLines([[MESSAGE_ID, messageId], ...keptHeaders(letter)]);
}

/** A dead letter's headers as they were produced, as far as they mean nothing to the server. */
export function originalHeaders(letter: MessageHeaders): MessageHeaders {
  return Object.fromEntries(
    Object.entries(letter).filter(([name]) => !STORY_HEADERS.has(name) && !SERVER_HEADER.test(name)),
  );
}

function keptHeaders(headers: MessageHeaders): (readonly [string, string | readonly string[]])[] {
  const kept = Object.entries(originalHeaders(headers));
  const renamed = Object.entries(headers)
    .filter(([name]) => SERVER_HEADER.test(name) && headers[ORIGINAL + name] === undefined)
    .map(([name, value]) => [ORIGINAL + name, value] as const);
  return [...kept, ...renamed];
}

function headerLines(headers: readonly (readonly [string, string | readonly string[]])[]): string {
  let lines = "";
  for (const [name, value] of headers) for (const one of [value].flat()) lines += headerLine(name, one);
  return lines;
}

function oneLine(text: string): string {
  return text
    .replaceAll(/[\r\n]+/g, " ")
    .slice(0, MAX_REASON_CHARACTERS)
    .trim();
}

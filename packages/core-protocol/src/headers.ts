import { UsageError } from "./errors/usage-errors.js";
import { LIMITS } from "./limits.js";

/** Headers of a message: one value or several per name. Names are case-sensitive end to end. */
export type MessageHeaders = Readonly<Record<string, string | readonly string[]>>;

/** Header names that this stack sets itself. */
export const HEADER = {
  /** Duplicate detection on JetStream. */
  natsMessageId: "Nats-Msg-Id",
  /** Duplicate detection on a Memphis broker, which ignores the name above. */
  memphisMessageId: "msg-id",
  memphisConnectionId: "$memphis_connectionId",
  memphisProducedBy: "$memphis_producedBy",
  /** On messages that a Memphis broker sends again from its dead-letter store: what their acknowledgement names. */
  memphisPoisonId: "$memphis_pm_id",
  memphisPoisonGroup: "$memphis_pm_cg_name",
} as const;

/** First line of every header block. */
export const HEADER_PREAMBLE = "NATS/1.0\r\n";

const NAME = /^[!-9;-~]+$/;
const RESERVED = /^(\$memphis|Nats-Msg-Id$|Nats-Batch-|msg-id$)/i;
const LINE_BREAK = /[\r\n]/;

/**
 * Writes the lines of a header block, without preamble and end.
 * @returns `name: value\r\n` per value, in the order given.
 * @throws {UsageError} for a name that is empty, reserved or not printable ASCII without `:`, and for a value with a line break
 *   or with white space at its ends (which readers would drop).
 */
export function encodeUserHeaders(headers: MessageHeaders): string {
  let lines = "";
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name))
      throw new UsageError(`header name ${JSON.stringify(name)} must be printable ASCII without ':' or spaces`);
    if (RESERVED.test(name)) throw new UsageError(`header ${name} is set by the producer: use msgId for message ids`);
    const values = Array.isArray(value) ? (value as readonly string[]) : [value as string];
    for (const one of values) lines += headerLine(name, one);
  }
  return lines;
}

/** One line of a header block. @throws {UsageError} when the value cannot be carried faithfully. */
export function headerLine(name: string, value: string): string {
  if (typeof value !== "string") throw new UsageError(`header ${name} must be a string, not ${typeof value}`);
  if (LINE_BREAK.test(value)) throw new UsageError(`header ${name} must not contain a line break`);
  if (value.trim() !== value) throw new UsageError(`header ${name} must not begin or end with white space`);
  return `${name}: ${value}\r\n`;
}

/**
 * Ends a header block: lines made by `headerLine` and `encodeUserHeaders`, and the empty line after them. What stands before it in the
 * block is `HEADER_PREAMBLE` and lines that differ from message to message.
 * @param reservedBytes - what the lines before it may take.
 * @returns UTF-8 bytes.
 * @throws {UsageError} when the whole block could take more than 65,535 bytes.
 */
export function encodeHeaderTail(lines: string, reservedBytes = 0): Uint8Array {
  const tail = Buffer.from(`${lines}\r\n`, "utf8");
  const blockBytes = HEADER_PREAMBLE.length + reservedBytes + tail.length;
  if (blockBytes > LIMITS.maxHeaderBytes) {
    throw new UsageError(`headers take ${blockBytes} bytes, at most ${LIMITS.maxHeaderBytes} are allowed`);
  }
  return tail;
}

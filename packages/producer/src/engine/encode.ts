import { types } from "node:util";
import {
  encodeHeaderTail,
  encodePayload,
  encodeUserHeaders,
  HEADER,
  HEADER_PREAMBLE,
  headerLine,
  type OutboundMessage,
  type ProducerName,
  UsageError,
} from "@stationkit/core-protocol";
import type { MessageStyle } from "../declaration/declaration.js";
import type { ProduceRequest } from "../produce-request.js";

/** A message as it goes on the wire. */
export interface EncodedMessage extends OutboundMessage {
  /** Headers and payload, as the broker counts them. */
  readonly sizeBytes: number;
}

/** Makes the function that turns a request and its id into bytes. @throws {UsageError} (the function) for what has no form. */
export function createEncoder(
  producerName: ProducerName,
  serializer: ((message: never) => Uint8Array) | undefined,
  { headerLines, messageIdLines }: MessageStyle,
): (request: ProduceRequest, msgId: string | undefined) => EncodedMessage {
  const ownLines = headerLines + headerLine(HEADER.memphisProducedBy, producerName);
  const commonTail = encodeHeaderTail(ownLines);
  return ({ message, headers }, msgId) => {
    const payload = serializer === undefined ? encodePayload(message) : serialize(serializer, message as never);
    const headLines = msgId === undefined ? "" : messageIdLines(msgId);
    const headerTail =
      headers === undefined ? commonTail : encodeHeaderTail(ownLines + encodeUserHeaders(headers), headLines.length);
    const sizeBytes = HEADER_PREAMBLE.length + headLines.length + headerTail.length + payload.length;
    return { headLines, headerTail, payload, sizeBytes };
  };
}

function serialize(serializer: (message: never) => Uint8Array, message: never): Uint8Array {
  let bytes: unknown;
  try {
    bytes = serializer(message);
  } catch (cause) {
    throw new UsageError(`the serializer threw: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (types.isUint8Array(bytes)) return bytes;
  // If it is a promise that rejects as well, nobody is left to hear it.
  if (bytes instanceof Promise) bytes.catch(() => undefined);
  const given = bytes instanceof Promise ? "a promise" : bytes === null ? "null" : typeof bytes;
  throw new UsageError(`the serializer must give a Uint8Array, not ${given}`);
}

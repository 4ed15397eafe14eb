import { types } from "node:util";
import {
  encodeHeaderBlock,
  encodePayload,
  encodeUserHeaders,
  HEADER,
  headerLine,
  type ProducerName,
  UsageError,
} from "@stationkit/core-protocol";
import type { ProduceRequest } from "../produce-request.js";

/** A message as bytes. */
export interface EncodedMessage {
  readonly headerBlock: Uint8Array;
  readonly payload: Uint8Array;
}

/** Makes the function that turns a request and its id into bytes. @throws {UsageError} (the function) for what has no form. */
export function createEncoder(
  producerName: ProducerName,
  serializer: ((message: never) => Uint8Array) | undefined,
): (request: ProduceRequest, msgId: string | undefined) => EncodedMessage {
  const producedBy = headerLine(HEADER.memphisProducedBy, producerName);
  const withoutId = encodeHeaderBlock(producedBy);
  return ({ message, headers }, msgId) => {
    const payload = serializer === undefined ? encodePayload(message) : serialize(serializer, message as never);
    if (headers === undefined && msgId === undefined) return { headerBlock: withoutId, payload };
    const idLine = msgId === undefined ? "" : `${HEADER.natsMessageId}: ${msgId}\r\n`;
    return {
      headerBlock: encodeHeaderBlock(idLine + producedBy + (headers ? encodeUserHeaders(headers) : "")),
      payload,
    };
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

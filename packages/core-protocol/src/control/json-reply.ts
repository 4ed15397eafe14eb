import { encodeJson } from "./encode-json.js";
import { decodeText, JsonObject } from "./json-object.js";
import type { PlainReply } from "./plain-reply.js";

/** What an answer in form J turned out to be. */
export type JsonReply =
  | { readonly type: "body"; readonly body: JsonObject }
  /** The broker refused: nothing else in the answer means anything. */
  | { readonly type: "error"; readonly error: string };

/**
 * @internal Reads an answer of which brokers send two forms: a JSON object with `error`, or plain text which is the error.
 * No bytes at all is ok, as from brokers before the JSON form.
 */
export function readJsonReply(bytes: Uint8Array, messageKind: string): JsonReply {
  const context = { messageKind, outcome: "unknown" } as const;
  const text = decodeText(bytes);
  const body = JsonObject.tryParse(text === "" ? "{}" : text, context);
  const error = body === undefined ? text : body.string("error");
  return body === undefined || error !== "" ? { type: "error", error } : { type: "body", body };
}

/** Writes `{"error":"…"}`, the answer to a schema creation. @see memphis-protocol.md section 3.7 */
export function encodeErrorReply(reply: PlainReply): Uint8Array {
  return encodeJson({ error: reply.error });
}

/**
 * Reads the answer to a schema creation; plain text is the error.
 * @throws {MalformedMessageError} outcome `unknown`, for a JSON object whose `error` is no string.
 */
export function decodeErrorReply(bytes: Uint8Array): PlainReply {
  const reply = readJsonReply(bytes, "error reply");
  return { error: reply.type === "error" ? reply.error : "" };
}

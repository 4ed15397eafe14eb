import { decodeText, JsonObject } from "./json-object.js";

/** An answer that says only whether it went well. `error` is empty for ok, else the broker's text. */
export interface PlainReply {
  readonly error: string;
}

/**
 * Writes form E of the wire: no bytes for ok, else the bare text.
 * @see memphis-protocol.md section 3, "Reply forms"
 */
export function encodePlainReply(reply: PlainReply): Uint8Array {
  return Buffer.from(reply.error, "utf8");
}

/**
 * Reads form E, and form J where a broker sends it instead (a JSON object that has `error`).
 * @throws {MalformedMessageError} outcome `unknown`, for a JSON object whose `error` is no string.
 */
export function decodePlainReply(bytes: Uint8Array): PlainReply {
  const text = decodeText(bytes);
  const body = JsonObject.tryParse(text, { messageKind: "plain reply", outcome: "unknown" });
  return { error: body?.has("error") === true ? body.string("error") : text };
}

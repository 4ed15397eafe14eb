import { types } from "node:util";
import { UsageError } from "./errors/usage-errors.js";

const encoder = new TextEncoder();

/** What `encodePayload` turns into bytes: bytes as they are, text as UTF-8, anything that JSON can carry as JSON. */
export type Payload = Uint8Array | string | number | boolean | null | object;

/**
 * Turns a message into the bytes that are stored.
 *
 * A `Uint8Array` (and so a `Buffer`) is taken as it is, not copied: leave it unchanged until the message is settled.
 * Text with a lone surrogate becomes U+FFFD there, as `TextEncoder` has it. Objects follow `JSON.stringify`: properties that
 * are undefined or functions are left out.
 * @throws {UsageError} for what has no faithful form: undefined, functions, symbols, BigInt, circular references, NaN and
 *   infinities, `ArrayBuffer` and views other than `Uint8Array`, `Map`, `Set`, and a promise that nobody awaited.
 */
export function encodePayload(message: unknown): Uint8Array {
  // Not instanceof: the bytes may come from another realm, such as a vm context or a test runner's.
  if (types.isUint8Array(message)) return message;
  if (typeof message === "string") return encoder.encode(message);
  refuseUnfaithful(message);
  return encoder.encode(stringify(message));
}

function refuseUnfaithful(message: unknown): void {
  if (typeof message === "number" && !Number.isFinite(message)) {
    throw new UsageError(`a message cannot be ${message}: JSON has no such number`);
  }
  if (types.isAnyArrayBuffer(message) || ArrayBuffer.isView(message)) {
    throw new UsageError(
      "wrap an ArrayBuffer or a typed array in a Uint8Array, so that its bytes are sent as they are",
    );
  }
  if (types.isMap(message) || types.isSet(message)) {
    throw new UsageError("a Map or Set is an empty object in JSON: convert it to an object or an array first");
  }
  if (types.isPromise(message)) throw new UsageError("a message cannot be a promise: await it first");
}

function stringify(message: unknown): string {
  const text: unknown = tryStringify(message);
  if (typeof text !== "string") throw new UsageError(`a message cannot be ${typeof message}: JSON has no form for it`);
  return text;
}

function tryStringify(message: unknown): unknown {
  try {
    return JSON.stringify(message);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`the message cannot be written as JSON: ${reason}`, { cause });
  }
}

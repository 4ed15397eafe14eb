import { UsageError } from "./errors/usage-errors.js";

const encoder = new TextEncoder();

/** What `encodePayload` turns into bytes: bytes as they are, text as UTF-8, anything that JSON can carry as JSON. */
export type Payload = Uint8Array | string | number | boolean | null | object;

/**
 * Turns a message into the bytes that are stored.
 *
 * A `Uint8Array` (and so a `Buffer`) is taken as it is, not copied: leave it unchanged until the message is settled.
 * Objects follow `JSON.stringify`: properties that are undefined or functions are left out.
 * @throws {UsageError} for what has no faithful form: undefined, functions, symbols, BigInt, circular references, NaN and
 *   infinities, `ArrayBuffer` and views other than `Uint8Array`, `Map` and `Set`.
 */
export function encodePayload(message: unknown): Uint8Array {
  if (message instanceof Uint8Array) return message;
  if (typeof message === "string") return encoder.encode(message);
  refuseUnfaithful(message);
  return encoder.encode(stringify(message));
}

function refuseUnfaithful(message: unknown): void {
  if (typeof message === "number" && !Number.isFinite(message)) {
    throw new UsageError(`a message cannot be ${message}: JSON has no such number`);
  }
  if (message instanceof ArrayBuffer || ArrayBuffer.isView(message)) {
    throw new UsageError(
      "wrap an ArrayBuffer or a typed array in a Uint8Array, so that its bytes are sent as they are",
    );
  }
  if (message instanceof Map || message instanceof Set) {
    throw new UsageError("a Map or Set is an empty object in JSON: convert it to an object or an array first");
  }
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

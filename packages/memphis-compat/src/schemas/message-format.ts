/** A schema, made ready to check messages. Functions throw an error whose message says what is wrong with a message. */
export interface MessageFormat {
  /** Checks a message as its caller gave it. @returns the bytes to send. */
  encode(message: unknown): Uint8Array;
  /** Checks stored bytes. @returns what they say. */
  decode(data: Uint8Array): unknown;
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** @throws {Error} for bytes that are no UTF-8. */
export function utf8(data: Uint8Array): string {
  try {
    return decoder.decode(data);
  } catch (cause) {
    throw new Error("expected text in UTF-8", { cause });
  }
}

/** The bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/** @throws {Error} for bytes that are no JSON. */
export function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(utf8(data));
  } catch (cause) {
    throw new Error(`expected JSON: ${(cause as Error).message}`, { cause });
  }
}

/** What a message is that a schema cannot be asked about. */
export function unsupported(message: unknown, expected: string): Error {
  return new Error(`expected ${expected}, not ${message === null ? "null" : `a ${typeof message}`}`);
}

import { type MessageHeaders, UsageError } from "@stationkit/core-protocol";

const RESERVED_PREFIX = "$memphis";

/** Headers of a message to be produced, made by `memphis.headers()`. It may be used for any number of messages: none of them changes it. */
export class MsgHeaders {
  readonly #values = new Map<string, string[]>();

  /**
   * Adds a value; a key may have several.
   * @param value - white space at its ends is dropped, as memphis-dev does.
   * @throws {UsageError} for a key that begins with `$memphis`, or what is no text.
   */
  add(key: string, value: string): void {
    if (typeof key !== "string" || typeof value !== "string") {
      throw new UsageError(`a header's key and value must be strings, not ${typeof key} and ${typeof value}`);
    }
    if (key.startsWith(RESERVED_PREFIX))
      throw new UsageError(`a header must not begin with ${RESERVED_PREFIX}: ${key}`);
    const values = this.#values.get(key);
    if (values === undefined) this.#values.set(key, [value.trim()]);
    else values.push(value.trim());
  }

  /** @internal A copy, in the form that the producer takes. */
  toHeaders(): MessageHeaders {
    return Object.fromEntries([...this.#values].map(([key, values]) => [key, [...values]]));
  }
}

/** What goes with a message, as memphis-dev takes it. */
export type HeadersInput = MsgHeaders | Readonly<Record<string, string>>;

/**
 * @returns a copy.
 * @throws {UsageError} for what is neither `MsgHeaders` nor a plain object of strings.
 */
export function readHeaders(headers: unknown): MessageHeaders {
  if (headers instanceof MsgHeaders) return headers.toHeaders();
  if (Object.prototype.toString.call(headers) !== "[object Object]") {
    throw new UsageError("headers must be a plain object, or what memphis.headers() gives");
  }
  const copy = new MsgHeaders();
  for (const [key, value] of Object.entries(headers as object)) copy.add(key, value as string);
  return copy.toHeaders();
}

/**
 * What a reader is shown: the first value of each, without Memphis's own headers and those that NATS servers act on. On NATS a message
 * id travels in one of the latter.
 */
export function shownHeaders(headers: MessageHeaders): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [key, value] of Object.entries(headers)) {
    if (key.startsWith(RESERVED_PREFIX) || key.startsWith("Nats-")) continue;
    shown[key] = typeof value === "string" ? value : (value[0] ?? "");
  }
  return shown;
}

import { MalformedMessageError, type MalformedMessageFields } from "./malformed-message-error.js";

/** Which message is being read, and what its being unreadable means. */
export type MessageContext = Pick<MalformedMessageFields, "messageKind" | "outcome">;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Bytes as text, as Go reads them: what is no UTF-8 becomes U+FFFD, a byte-order mark stays. */
export function decodeText(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/**
 * A JSON object read as leniently as Go's `encoding/json` reads into a struct, because every Memphis peer is written against that:
 * unknown keys are ignored, keys match without regard to case (the last one wins), a missing or null field is its zero value,
 * and a value of another type is an error.
 * @see Go, encoding/json Unmarshal
 */
export class JsonObject {
  readonly #fields = new Map<string, unknown>();
  readonly #context: MessageContext;
  readonly #path: string;

  private constructor(fields: object, context: MessageContext, path: string) {
    for (const [key, value] of Object.entries(fields)) this.#fields.set(key.toLowerCase(), value);
    this.#context = context;
    this.#path = path;
  }

  /** Reads a body. @throws {MalformedMessageError} when it is not JSON, or JSON of another type than object or null. */
  static parse(bytes: Uint8Array, context: MessageContext): JsonObject {
    let value: unknown;
    try {
      value = JSON.parse(decodeText(bytes));
    } catch (cause) {
      throw new MalformedMessageError("is not JSON", context, { cause });
    }
    if (value !== null && !isObject(value))
      throw new MalformedMessageError(`is ${typeName(value)}, not an object`, context);
    return new JsonObject(value ?? {}, context, "");
  }

  /** As `parse`, for bodies that may be plain text as well: undefined for all that is not a JSON object. */
  static tryParse(text: string, context: MessageContext): JsonObject | undefined {
    try {
      const value: unknown = JSON.parse(text);
      return isObject(value) ? new JsonObject(value, context, "") : undefined;
    } catch {
      // Not JSON is the answer to the caller's question, not a failure.
      return undefined;
    }
  }

  /** True when the key is there, whatever its value. */
  has(key: string): boolean {
    return this.#fields.has(key.toLowerCase());
  }

  /** The value as it is; undefined for missing and for null. */
  raw(key: string): unknown {
    return this.#fields.get(key.toLowerCase()) ?? undefined;
  }

  string(key: string): string {
    const value = this.raw(key) ?? "";
    return typeof value === "string" ? value : this.fail(key, `must be a string, not ${typeName(value)}`);
  }

  boolean(key: string): boolean {
    const value = this.raw(key) ?? false;
    return typeof value === "boolean" ? value : this.fail(key, `must be a boolean, not ${typeName(value)}`);
  }

  /** An integer of at most 53 bits: a larger one cannot be kept exactly and is refused. */
  integer(key: string): number {
    return this.#integer(key, this.raw(key) ?? 0);
  }

  /** As `integer`, for the wire's unsigned fields. */
  unsigned(key: string): number {
    const value = this.integer(key);
    return value >= 0 ? value : this.fail(key, "must not be negative");
  }

  object(key: string): JsonObject {
    const value = this.raw(key) ?? {};
    if (!isObject(value)) return this.fail(key, `must be an object, not ${typeName(value)}`);
    return new JsonObject(value, this.#context, this.#pathOf(key));
  }

  /** A list of integers; missing and null are the empty list. */
  integers(key: string): number[] {
    const value = this.raw(key) ?? [];
    if (!Array.isArray(value)) return this.fail(key, `must be a list, not ${typeName(value)}`);
    return value.map((one: unknown, index) => this.#integer(`${key}[${index}]`, one));
  }

  /** An object whose values are strings, with its own spelling of the keys. */
  strings(key: string): Record<string, string> {
    return Object.fromEntries(this.#entries(key).map(([name, value]) => [name, this.#stringAt(key, name, value)]));
  }

  /** An object from integers, which JSON writes as strings, to integers. */
  integerMap(key: string): Map<number, number> {
    return new Map(
      this.#entries(key).map(([name, value]) => {
        if (!/^-?\d+$/.test(name)) return this.fail(key, `has the key ${JSON.stringify(name)}, which is no integer`);
        return [Number(name), this.#integer(`${key}.${name}`, value)];
      }),
    );
  }

  /** @throws {MalformedMessageError} always, naming the field by its path. */
  fail(key: string, reason: string, options?: ErrorOptions): never {
    throw new MalformedMessageError(reason, { ...this.#context, field: this.#pathOf(key) }, options);
  }

  #pathOf(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }

  #entries(key: string): [string, unknown][] {
    const value = this.raw(key) ?? {};
    return isObject(value) ? Object.entries(value) : this.fail(key, `must be an object, not ${typeName(value)}`);
  }

  #stringAt(key: string, name: string, value: unknown): string {
    const text = value ?? "";
    return typeof text === "string" ? text : this.fail(`${key}.${name}`, `must be a string, not ${typeName(text)}`);
  }

  #integer(key: string, value: unknown): number {
    if (typeof value !== "number") return this.fail(key, `must be an integer, not ${typeName(value)}`);
    return Number.isSafeInteger(value) ? value : this.fail(key, "must be an integer of at most 53 bits");
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

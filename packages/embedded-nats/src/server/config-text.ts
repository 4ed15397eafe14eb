import { InvalidOptionsError } from "../errors.js";

/** A value of nats-server's configuration. Strings are always written in quotes: no `$VARIABLE`, no `10MB` is ever read out of them. */
export type ConfigValue = string | number | boolean | readonly ConfigValue[] | ConfigObject;

/** A block of nats-server's configuration, with the server's own key names (`max_payload`, `authorization`, …). */
export interface ConfigObject {
  readonly [key: string]: ConfigValue;
}

/**
 * Writes a block in nats-server's configuration language, one top-level key per line.
 *
 * JSON would almost do, but the server's lexer knows no `\u0000`, `\b` or `\f`, no exponents, no null, and no escapes in keys.
 * @see nats-server conf/lex.go, lexStringEscape and lexDubQuotedKey
 */
export function formatConfig(config: ConfigObject, path = "config"): string {
  return Object.entries(config)
    .map(([key, value]) => `${formatKey(key, path)}: ${formatValue(value, `${path}.${key}`)}\n`)
    .join("");
}

function formatKey(key: string, path: string): string {
  if (key === "" || /["\\\p{Cc}]/u.test(key)) {
    throw new InvalidOptionsError(
      path,
      `the key ${JSON.stringify(key)} cannot be written in a nats-server configuration`,
    );
  }
  return `"${key}"`;
}

function formatValue(value: ConfigValue, path: string): string {
  if (typeof value === "string") return formatString(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    const text = String(value);
    if (/^-?\d+(\.\d+)?$/.test(text)) return text;
    throw new InvalidOptionsError(path, `${text} cannot be written as a number`);
  }
  if (isList(value)) return `[${value.map((item, index) => formatValue(item, `${path}[${index}]`)).join(", ")}]`;
  // What the types rule out and plain JavaScript brings all the same: null, undefined, functions, bigints.
  if (!isBlock(value)) throw new InvalidOptionsError(path, `${String(value)} cannot be written`);
  const entries = Object.entries(value).map(
    ([key, item]) => `${formatKey(key, path)}: ${formatValue(item, `${path}.${key}`)}`,
  );
  return `{${entries.join(", ")}}`;
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function formatString(text: string): string {
  const body = text.replace(
    // eslint-disable-next-line no-control-regex -- control characters are what has to be escaped
    /["\\\u0000-\u001f\u007f]/g,
    (character) => shortEscapes[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `"${body}"`;
}

/** Joins two blocks: blocks within are joined, everything else of `over` takes the place of what was there. */
export function mergeConfig(base: ConfigObject, over: ConfigObject): ConfigObject {
  const merged: Record<string, ConfigValue> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isBlock(before) && isBlock(value) ? mergeConfig(before, value) : value;
  }
  return merged;
}

function isList(value: ConfigValue): value is readonly ConfigValue[] {
  return Array.isArray(value);
}

function isBlock(value: ConfigValue | undefined): value is ConfigObject {
  return typeof value === "object" && (value as ConfigObject | null) !== null && !Array.isArray(value);
}

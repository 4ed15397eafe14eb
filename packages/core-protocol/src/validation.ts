import { inspect } from "node:util";
import { UsageError } from "./errors/usage-errors.js";

/** Refuses misspelt options. @throws {UsageError} naming the unknown keys. */
export function requireKnownKeys(call: string, options: object, known: ReadonlySet<string>): void {
  if (typeof options !== "object" || (options as unknown) === null || Array.isArray(options))
    throw new UsageError(`${call}: options must be an object`);
  const unknown = Object.keys(options).filter((key) => !known.has(key));
  if (unknown.length > 0)
    throw new UsageError(`${call}: unknown option ${unknown.map((key) => hint(key, known)).join(", ")}`);
}

/** Other Memphis SDKs write options in snake_case, and slips of the shift key are the most frequent ones. */
function hint(key: string, known: ReadonlySet<string>): string {
  const letters = (name: string): string => name.replace(/[_-]/g, "").toLowerCase();
  const meant = [...known].find((name) => letters(name) === letters(key));
  return meant === undefined ? key : `${key} (did you mean ${meant}?)`;
}

/** What an option may be; `text` is a string that is not empty. Numbers and their ranges are `requireInteger`'s. */
export type OptionType = "boolean" | "function" | "number" | "object" | "string" | "text" | "any";

/** @throws {UsageError} naming the option and the type it has, never its value, which may be a secret. */
export function requireTypes(options: object, types: Readonly<Record<string, OptionType>>): void {
  for (const [key, value] of Object.entries(options) as [string, unknown][]) {
    const type = types[key] ?? "any";
    if (value === undefined || type === "any") continue;
    const wanted = type === "text" ? "string" : type;
    if (typeof value !== wanted || value === null) {
      throw new UsageError(`${key} must be a ${wanted}, not ${value === null ? "null" : `a ${typeof value}`}`);
    }
    if (type === "text" && value === "") throw new UsageError(`${key} must not be empty`);
  }
}

/** Refuses what is no connection, above all the promise of one. @throws {UsageError} */
export function requireConnection(call: string, connection: unknown): void {
  if (typeof connection === "object" && connection !== null && "jetStream" in connection) return;
  const hint = connection instanceof Promise ? ": await connect(…) first" : "";
  throw new UsageError(`${call} needs the connection that connect() resolves with${hint}`);
}

/** @returns the value. @throws {UsageError} when it is not an integer in the range. */
export function requireInteger(name: string, value: unknown, range: { min: number; max?: number }): number {
  const max = range.max ?? Number.MAX_SAFE_INTEGER;
  if (typeof value === "number" && Number.isInteger(value) && value >= range.min && value <= max) return value;
  const bounds = range.max === undefined ? `at least ${range.min}` : `from ${range.min} to ${range.max}`;
  throw new UsageError(`${name} must be an integer ${bounds}, not ${inspect(value, { depth: 0 })}`);
}

/** The longest delay that a Node timer can wait. @see https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const MAX_TIMER_MS = 2_147_483_647;

/** A time to wait. @returns the value. @throws {UsageError} when it is not an integer of 1 to 2,147,483,647 milliseconds. */
export function requireDurationMs(name: string, value: unknown): number {
  return requireInteger(name, value, { min: 1, max: MAX_TIMER_MS });
}

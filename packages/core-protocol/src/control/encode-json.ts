import { UsageError } from "../errors/usage-errors.js";

/** A value of the wire before it is written: every number of the control plane is an integer. */
export type WireValue = string | number | boolean | null | readonly WireValue[] | { readonly [key: string]: WireValue };

/**
 * Writes one control-plane message, its keys in the order given.
 * @returns UTF-8 bytes.
 * @throws {UsageError} for a field that is undefined or a number that is no safe integer: JSON would drop the one and turn the
 *   other into null, and a Memphis broker would take both for zero.
 */
export function encodeJson(message: Readonly<Record<string, WireValue>>): Uint8Array {
  return Buffer.from(JSON.stringify(message, checkValue), "utf8");
}

function checkValue(key: string, value: unknown): unknown {
  if (value === undefined) throw new UsageError(`${key} is missing`);
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new UsageError(`${key} must be an integer, not ${value}`);
  }
  return value;
}

/** A key as text, or why there is none. */
export type KeyLookup = { readonly key: string } | { readonly problem: string };

/**
 * Makes the function that finds the key of a JSON value. `a.b` is the field of that very name when there is one, otherwise field `b`
 * of the object in `a`. Texts are keys as they are, numbers and booleans as JSON writes them.
 */
export function createKeyLookup(path: string): (value: unknown) => KeyLookup {
  const steps = path.split(".");
  return (value) => toKey(path, own(value, path) ?? steps.reduce(own, value));
}

function own(value: unknown, field: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, field)) return undefined;
  return (value as Record<string, unknown>)[field];
}

function toKey(path: string, found: unknown): KeyLookup {
  if (typeof found === "string") return { key: found };
  if (typeof found === "number" || typeof found === "boolean") return { key: String(found) };
  if (found === undefined) return { problem: `the key field "${path}" is missing` };
  return { problem: `the key field "${path}" is ${kindOf(found)}: a key is a text, a number or a boolean` };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : "an object";
}

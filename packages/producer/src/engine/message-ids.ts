import { randomBytes } from "node:crypto";

/**
 * Makes the ids that all tries of a message share: a random prefix per producer (16 characters, 96 bits) and a counter.
 * Short, because the server keeps every id for the whole duplicate window (about 200 bytes each).
 */
export function createMessageIds(): () => string {
  const prefix = randomBytes(12).toString("base64url");
  let count = 0;
  return () => prefix + (count++).toString(36);
}

import { randomBytes } from "node:crypto";

/** Short ids that no other call of this function gives; as cheap to make as ids can be. */
export function messageIds(): () => string {
  const prefix = randomBytes(6).toString("base64url");
  let last = 0;
  return () => `${prefix}${(++last).toString(36)}`;
}

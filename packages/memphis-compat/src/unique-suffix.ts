import { randomBytes } from "node:crypto";

/** `name_` and eight hexadecimal digits: what `genUniqueSuffix` makes of a name. */
export function withUniqueSuffix(name: string): string {
  return `${name}_${randomBytes(4).toString("hex")}`;
}

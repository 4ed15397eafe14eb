import { readFileSync } from "node:fs";

/**
 * @param {string} file
 * @returns {unknown} to be narrowed by the caller, who knows what writes the file
 */
export function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

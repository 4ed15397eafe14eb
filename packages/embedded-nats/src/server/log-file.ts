import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

const tailBytes = 256 * 1024;

/** The last lines of a file, oldest first; empty when there is no such file. Reads at most 256 KiB from its end. */
export function readLogTail(file: string, lines: number): string[] {
  return readLogFrom(file, undefined)
    .split("\n")
    .filter((line) => line !== "")
    .slice(-lines);
}

/** The text from a byte offset on; without one the last 256 KiB. */
export function readLogFrom(file: string, offset: number | undefined): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    // Not there (yet, or any more): nothing was logged that could be shown.
    return "";
  }
  try {
    const { size } = fstatSync(descriptor);
    const start = offset ?? Math.max(0, size - tailBytes);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    const read = readSync(descriptor, buffer, 0, buffer.length, start);
    return buffer.toString("utf8", 0, read);
  } finally {
    closeSync(descriptor);
  }
}

/** The size in bytes; 0 when there is no such file. */
export function logSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

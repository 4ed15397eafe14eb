import { extname } from "node:path";
import { JobError } from "../job-error.js";
import { createCsvParser } from "./csv.js";
import type { ParserOptions, RecordParser } from "./input-item.js";
import { createLinesParser } from "./lines.js";
import { createNdjsonParser } from "./ndjson.js";

export const FORMATS = ["ndjson", "csv", "lines"] as const;
export type Format = (typeof FORMATS)[number];

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".csv": "csv",
  ".txt": "lines",
  ".log": "lines",
};

/** The format of a file by its name. @throws {JobError} when the name does not say. */
export function formatOf(path: string): Format {
  const format = BY_EXTENSION[extname(path).toLowerCase()];
  if (format !== undefined) return format;
  const what = path === "-" ? "stdin has no file name" : `the name "${path}" does not say it`;
  throw new JobError(`which format is the input? ${what}: add --format ${FORMATS.join("|")}`);
}

export function createParser(format: Format, options: ParserOptions): RecordParser {
  switch (format) {
    case "ndjson":
      return createNdjsonParser(options);
    case "csv":
      return createCsvParser(options);
    case "lines":
      return createLinesParser(options);
  }
}

import type { ParserOptions, RecordParser } from "./input-item.js";
import { LineParser } from "./line-parser.js";

/** Every line that is not empty is a record: its bytes as they are. */
export function createLinesParser({ maxLineBytes }: ParserOptions): RecordParser {
  return new LineParser(maxLineBytes, (payload, line) =>
    payload.length === 0 ? undefined : { type: "record", line, payload, key: undefined },
  );
}

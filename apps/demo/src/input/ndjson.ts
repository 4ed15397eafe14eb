import { createKeyLookup } from "./field-path.js";
import { badRecord, type InputItem, type ParserOptions, type RecordParser } from "./input-item.js";
import { LineParser } from "./line-parser.js";

const OPENING_BRACKET = 0x5b;

/** Every line is one JSON value. It is checked and searched for its key, and produced as the bytes that were read. */
export function createNdjsonParser({ key, maxLineBytes }: ParserOptions): RecordParser {
  const lookUp = key === undefined ? undefined : createKeyLookup(key);
  return new LineParser(maxLineBytes, (payload, line): InputItem | undefined => {
    const text = payload.toString("utf8");
    if (text.trim() === "") return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return badRecord(line, `not JSON: ${(error as Error).message}${hint(payload, line)}`);
    }
    if (lookUp === undefined) return { type: "record", line, payload, key: undefined };
    const found = lookUp(value);
    return "problem" in found ? badRecord(line, found.problem) : { type: "record", line, payload, key: found.key };
  });
}

function hint(payload: Buffer, line: number): string {
  if (line !== 1 || payload[0] !== OPENING_BRACKET) return "";
  return " (NDJSON is one value per line: jq -c '.[]' makes it from a JSON list)";
}

import { crc32 } from "node:zlib";
import { hashText } from "./text-hash.js";

/** The header that carries a record's mark. */
export const MARK_HEADER = "x-record";

/** What each record carries, so that it can be told again when it is read back. */
export interface RecordMark {
  /** Differs between runs, so that a station may hold other messages. Without dots. */
  readonly run: string;
  /** Place in the input, from 0. */
  readonly index: number;
  /** CRC-32 of the payload. */
  readonly checksum: number;
  /** Hash of the key; undefined without one. */
  readonly key: number | undefined;
  /** All of it, as the header has it. */
  readonly text: string;
}

/** Marks a record of the input. */
export function markRecord(run: string, index: number, payload: Uint8Array, key: string | undefined): RecordMark {
  const fields = { run, index, checksum: crc32(payload), key: key === undefined ? undefined : hashText(key) };
  return { ...fields, text: encodeMark(fields) };
}

/** The text of a mark. */
export function encodeMark({ run, index, checksum, key }: Omit<RecordMark, "text">): string {
  return `${run}.${index.toString(36)}.${checksum.toString(36)}.${key === undefined ? "-" : key.toString(36)}`;
}

/** @returns undefined for text that is no mark. */
export function tryDecodeMark(text: string): RecordMark | undefined {
  const [run, index, checksum, key, ...rest] = text.split(".");
  if (run === undefined || run === "" || key === undefined || rest.length > 0) return undefined;
  const mark = {
    run,
    index: number(index),
    checksum: number(checksum),
    key: key === "-" ? undefined : number(key),
    text,
  };
  const numbers = [mark.index, mark.checksum, mark.key ?? 0];
  return numbers.every((value) => Number.isSafeInteger(value) && value >= 0) ? mark : undefined;
}

function number(text: string | undefined): number {
  return Number.parseInt(text ?? "", 36);
}

/** One record of the input, ready to be produced. */
export interface InputRecord {
  readonly type: "record";
  /** Line on which it ends, from 1. */
  readonly line: number;
  readonly payload: Uint8Array;
  /** undefined when no key was asked for. */
  readonly key: string | undefined;
}

/** Something in the input that is no record. */
export interface BadRecord {
  readonly type: "bad";
  /** Line on which it was noticed, from 1. */
  readonly line: number;
  readonly problem: string;
  /** True when what follows cannot be told apart any more, so that skipping it is impossible. */
  readonly fatal: boolean;
}

export type InputItem = InputRecord | BadRecord;

/** Turns the bytes of one input into its records, in order and in memory bounded by the largest line. */
export interface RecordParser {
  /** The records that end within this chunk. */
  parse(chunk: Buffer): Promise<InputItem[]> | InputItem[];
  /** What was left when the input ended. */
  end(): Promise<InputItem[]> | InputItem[];
  /** Lines without content, which are passed over. */
  readonly emptyLines: number;
}

/** What every parser is told. */
export interface ParserOptions {
  /** Dotted path (NDJSON) or column (CSV) of the key. */
  readonly key: string | undefined;
  readonly maxLineBytes: number;
}

export function badRecord(line: number, problem: string, fatal = false): BadRecord {
  return { type: "bad", line, problem, fatal };
}

import { badRecord, type InputItem, type RecordParser } from "./input-item.js";
import { LineSplitter, type RawLine } from "./line-splitter.js";

/** What becomes of one line; undefined when it counts as empty. */
export type ReadLine = (bytes: Buffer, number: number) => InputItem | undefined;

/** A parser for formats in which one line is one record. */
export class LineParser implements RecordParser {
  readonly #splitter: LineSplitter;
  readonly #maxLineBytes: number;
  readonly #read: ReadLine;
  #emptyLines = 0;

  constructor(maxLineBytes: number, read: ReadLine) {
    this.#splitter = new LineSplitter(maxLineBytes);
    this.#maxLineBytes = maxLineBytes;
    this.#read = read;
  }

  get emptyLines(): number {
    return this.#emptyLines;
  }

  parse(chunk: Buffer): InputItem[] {
    return this.#items(this.#splitter.split(chunk));
  }

  end(): InputItem[] {
    return this.#items(this.#splitter.end());
  }

  #items(lines: readonly RawLine[]): InputItem[] {
    const items: InputItem[] = [];
    for (const { number, bytes } of lines) {
      const item =
        bytes === undefined
          ? badRecord(number, `longer than the limit of ${this.#maxLineBytes} bytes (--max-line-bytes)`)
          : this.#read(bytes, number);
      if (item === undefined) this.#emptyLines++;
      else items.push(item);
    }
    return items;
  }
}

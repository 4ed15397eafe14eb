const LF = 0x0a;
const CR = 0x0d;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** One line without its line break. */
export interface RawLine {
  /** From 1. */
  readonly number: number;
  /** undefined when the line is longer than allowed; it was read over, not kept. */
  readonly bytes: Buffer | undefined;
}

/**
 * Cuts bytes into lines that end in LF, CRLF or the end of the input. A byte order mark at the very beginning is dropped, all other
 * bytes stay as they are. Holds at most one line of `maxLineBytes`.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #number = 0;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  split(chunk: Buffer): RawLine[] {
    const lines: RawLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      lines.push(this.#finish(chunk.subarray(start, end)));
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  /** The last line, when it has no line break. */
  end(): RawLine[] {
    return this.#pendingBytes === 0 ? [] : [this.#finish(Buffer.alloc(0))];
  }

  #keep(bytes: Buffer): void {
    this.#pendingBytes += bytes.length;
    if (this.#isTooLong(this.#pendingBytes)) this.#pending = [];
    else this.#pending.push(bytes);
  }

  #finish(last: Buffer): RawLine {
    const number = ++this.#number;
    const length = this.#pendingBytes + last.length;
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    if (this.#isTooLong(length)) return { number, bytes: undefined };
    const bytes = clean(pending.length === 0 ? last : Buffer.concat([...pending, last], length), number);
    return { number, bytes: bytes.length > this.#maxLineBytes ? undefined : bytes };
  }

  /** With room for what `clean` takes off. */
  #isTooLong(length: number): boolean {
    return length > this.#maxLineBytes + 1 + BOM.length;
  }
}

function clean(bytes: Buffer, number: number): Buffer {
  const start = number === 1 && bytes.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
  const end = bytes.at(-1) === CR ? bytes.length - 1 : bytes.length;
  return bytes.subarray(start, end);
}

import { CsvError, type Info, parse, type Parser } from "csv-parse";
import { badRecord, type InputItem, type ParserOptions, type RecordParser } from "./input-item.js";

/**
 * CSV with a header row; each row becomes a JSON object of texts. Rows are taken in the parser's callbacks and not from its readable side:
 * only so do rows and errors stay in order, with every row before an error.
 */
class CsvRecordParser implements RecordParser {
  readonly #key: string | undefined;
  readonly #maxLineBytes: number;
  readonly #parser: Parser;
  #items: InputItem[] = [];
  #columns: readonly string[] | undefined;
  #keyIndex = -1;
  #failed = false;
  #lastLine = 0;
  /** Lines that csv-parse has counted twice: it takes CR and LF inside quotes for two. */
  #countedTwice = 0;

  constructor({ key, maxLineBytes }: ParserOptions) {
    this.#key = key;
    this.#maxLineBytes = maxLineBytes;
    this.#parser = parse({
      bom: true,
      skip_empty_lines: true,
      relax_column_count: true,
      skip_records_with_error: true,
      max_record_size: maxLineBytes,
      on_record: (row: string[], info: Info) => {
        if (!this.#failed) this.#take(row, this.#lineOf(row, info.lines));
        return null;
      },
      on_skip: (error) => {
        this.#refuse(error);
        return undefined;
      },
    });
    // Every error is told by on_skip or by the callback of the write that met it.
    this.#parser.on("error", () => undefined);
  }

  get emptyLines(): number {
    return this.#parser.info.empty_lines;
  }

  parse(chunk: Buffer): Promise<InputItem[]> {
    return this.#afterwards((done) => this.#parser.write(chunk, done));
  }

  end(): Promise<InputItem[]> {
    return this.#afterwards((done) => this.#parser.end(done));
  }

  async #afterwards(act: (done: (error?: Error | null) => void) => void): Promise<InputItem[]> {
    await new Promise<void>((resolve) => {
      act((error) => {
        if (error) this.#refuse(error);
        resolve();
      });
    });
    const items = this.#items;
    this.#items = [];
    return items;
  }

  #lineOf(row: readonly string[], counted: number): number {
    if (counted > this.#lastLine + 1) {
      for (const field of row) this.#countedTwice += field.split("\r\n").length - 1;
    }
    this.#lastLine = counted;
    return counted - this.#countedTwice;
  }

  #take(row: readonly string[], line: number): void {
    if (this.#columns === undefined) this.#readHeader(row, line);
    else this.#items.push(this.#toItem(this.#columns, row, line));
  }

  #readHeader(columns: readonly string[], line: number): void {
    this.#columns = columns.map((name) => `${JSON.stringify(name)}:`);
    const twice = columns.find((name, index) => columns.indexOf(name) !== index);
    if (twice !== undefined) this.#fail(line, `the header names the column "${twice}" twice`);
    if (this.#key === undefined) return;
    this.#keyIndex = columns.indexOf(this.#key);
    if (this.#keyIndex === -1) {
      this.#fail(line, `there is no column "${this.#key}" for the key; the header has ${columns.join(", ")}`);
    }
  }

  #toItem(columns: readonly string[], row: readonly string[], line: number): InputItem {
    if (row.length !== columns.length) {
      return badRecord(line, `${row.length} columns where the header has ${columns.length}`);
    }
    const fields = columns.map((name, index) => name + JSON.stringify(row[index]));
    const key = this.#key === undefined ? undefined : row[this.#keyIndex];
    return { type: "record", line, payload: Buffer.from(`{${fields.join(",")}}`), key };
  }

  #refuse(error: Error | undefined): void {
    if (this.#failed || error === undefined) return;
    const line = this.#parser.info.lines - this.#countedTwice;
    // After a record that is too long csv-parse drops the rest of the chunk: what follows would be lost in silence.
    if (error instanceof CsvError && error.code === "CSV_MAX_RECORD_SIZE") {
      this.#fail(line, `longer than the limit of ${this.#maxLineBytes} bytes (--max-line-bytes); is a quote open?`);
    } else {
      this.#items.push(badRecord(line, `not CSV: ${error.message}`));
      // After a quote in a wrong place csv-parse would take all up to the next quote, over any number of lines, for the same field.
      (this.#parser as unknown as { state: { quoting: boolean } }).state.quoting = false;
    }
  }

  #fail(line: number, problem: string): void {
    this.#failed = true;
    this.#items.push(badRecord(line, problem, true));
  }
}

export function createCsvParser(options: ParserOptions): RecordParser {
  return new CsvRecordParser(options);
}

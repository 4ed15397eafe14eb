import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Takes away a progress bar that stands on the line; it is drawn again below. */
const CLEAR_LINE = "\r\u001b[K";

/** How much is to be said, and where. */
export interface OutputOptions {
  /** The result is JSON on stdout; all that people read goes to stderr. */
  readonly json: boolean;
  /** Only errors, and the JSON result. */
  readonly quiet: boolean;
}

/** The one place that writes: results on stdout, progress and errors on stderr. A reader that has gone away is no error. */
export class Output {
  readonly #options: OutputOptions;
  #hasLines = false;
  readonly #closed = new Set<NodeJS.WriteStream>();

  constructor(options: OutputOptions) {
    this.#options = options;
    for (const stream of [process.stdout, process.stderr]) {
      stream.on("error", (error: NodeJS.ErrnoException) => {
        this.#closed.add(stream);
        if (error.code !== "EPIPE") throw error;
      });
    }
  }

  /** A line of the report. */
  line(text = ""): void {
    this.#hasLines = true;
    if (!this.#options.quiet) this.#write(this.#forPeople, `${text}\n`);
  }

  heading(text: string): void {
    if (this.#hasLines) this.line();
    this.line(this.style("bold", text));
  }

  /** A line about what is going on. */
  note(text: string): void {
    if (!this.#options.quiet) this.error(text);
  }

  error(text: string): void {
    this.#write(process.stderr, `${process.stderr.isTTY ? CLEAR_LINE : ""}${text}\n`);
  }

  json(value: object): void {
    if (this.#options.json) this.#write(process.stdout, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Colours, where the report goes to a terminal that may have them. */
  style(style: Style, text: string): string {
    return this.#forPeople.isTTY && !process.env["NO_COLOR"] ? styleText(style, text) : text;
  }

  get #forPeople(): NodeJS.WriteStream {
    return this.#options.json ? process.stderr : process.stdout;
  }

  #write(stream: NodeJS.WriteStream, text: string): void {
    if (!this.#closed.has(stream)) stream.write(text);
  }
}

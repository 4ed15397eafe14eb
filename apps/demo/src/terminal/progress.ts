import { SingleBar } from "cli-progress";
import { formatCount, perSecond } from "../report/format.js";

const REFRESH_MS = 100;
const LINE_EVERY_MS = 2_000;

/** What a progress display is about. */
export interface ProgressOptions {
  readonly label: string;
  /** undefined when nobody knows. */
  readonly total: number | undefined;
  /** Where it stands, in the unit of `total`. */
  readonly value: () => number;
  /** Records so far, where that is another unit than `value`. */
  readonly records: () => number;
}

/**
 * Shows progress on stderr while something runs: a bar on a terminal, a line every two seconds elsewhere.
 * @param enabled - false shows nothing.
 */
export async function withProgress<T>(enabled: boolean, options: ProgressOptions, work: () => Promise<T>): Promise<T> {
  if (!enabled) return work();
  const stop = process.stderr.isTTY ? showBar(options) : showLines(options);
  try {
    return await work();
  } finally {
    stop();
  }
}

function showBar(options: ProgressOptions): () => void {
  const bar = new SingleBar({
    format: `  {label}  ${options.total === undefined ? "" : "{bar} {percentage}%  "}{text}`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    stream: process.stderr,
    clearOnComplete: true,
    // Signals are answered in one place, and the cursor must not stay hidden when the process is ended.
    gracefulExit: false,
    hideCursor: null,
  });
  const text = describe(options);
  bar.start(options.total ?? 0, 0, { label: options.label, text: text() });
  const timer = setInterval(() => {
    bar.update(options.value(), { text: text() });
  }, REFRESH_MS);
  return () => {
    clearInterval(timer);
    bar.update(options.value(), { text: text() });
    bar.stop();
  };
}

function showLines(options: ProgressOptions): () => void {
  const text = describe(options);
  const timer = setInterval(() => {
    const part = options.total === undefined ? "" : `${Math.floor((100 * options.value()) / options.total)}%, `;
    process.stderr.write(`  ${options.label}: ${part}${text()}\n`);
  }, LINE_EVERY_MS);
  return () => {
    clearInterval(timer);
  };
}

function describe({ records }: ProgressOptions): () => string {
  const startedAt = performance.now();
  return () => {
    const count = records();
    return `${formatCount(count)} records, ${formatCount(perSecond(count, performance.now() - startedAt))} msg/s`;
  };
}

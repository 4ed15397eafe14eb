import { type Options, SingleBar } from "cli-progress";
import { formatCount } from "../report/format.js";

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
  const bar = new SingleBar(barOptions(options.total !== undefined));
  const startedAt = performance.now();
  const state = (): { records: string; rate: string } => {
    const records = options.records();
    const seconds = Math.max(0.001, (performance.now() - startedAt) / 1_000);
    return { records: formatCount(records), rate: formatCount(Math.round(records / seconds)) };
  };
  bar.start(options.total ?? 0, 0, { label: options.label, ...state() });
  const timer = setInterval(() => {
    bar.update(options.value(), state());
  }, REFRESH_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    bar.update(options.value(), state());
    bar.stop();
  }
}

function barOptions(totalKnown: boolean): Options {
  const bar = totalKnown ? "{bar} {percentage}%  " : "";
  return {
    format: `  {label}  ${bar}{records} records  {rate} msg/s`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: LINE_EVERY_MS,
    // Signals are answered in one place, and the cursor must not stay hidden when the process is ended.
    gracefulExit: false,
    hideCursor: null,
  };
}

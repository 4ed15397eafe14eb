import { randomInt } from "node:crypto";
import { type AnyContender, type ContenderName, loadContender, type Task } from "../contender/catalog.js";
import { type Cell, cellId, selectCells } from "../contender/cells.js";
import type { Measurement, Trials } from "../worker/job.js";
import { startBroker } from "./broker.js";
import { watchOthers } from "./machine-load.js";
import { measureCell } from "./measure-cell.js";
import { messagesFor, trialMessages } from "./messages-for.js";

/** What a run of the benchmark is to do. */
export interface BenchOptions {
  readonly task: Task;
  readonly rounds: number;
  /** Timed messages of a contender in a window; sequential ones and large messages take fewer, readers more. */
  readonly messages: number;
  readonly only: readonly ContenderName[];
  readonly sizeBytes: number | undefined;
  /** For all that have one to choose; undefined: the best of several, which are tried first. */
  readonly window: number | undefined;
  readonly cluster: boolean;
  /** Milliseconds of each run at half of the maximum rate. */
  readonly pacedMs: number;
  /** Milliseconds that one contender may take in one round. */
  readonly timeoutMs: number;
}

/** What came of one cell over all rounds. */
export interface CellResult {
  readonly cell: Cell;
  readonly title: string;
  readonly kind: AnyContender["kind"];
  readonly settings: string;
  /** What it counts, which one was used and what all came to; undefined where there was nothing to choose. */
  readonly window: { readonly meaning: string; readonly used: number; readonly trials: Trials["trials"] } | undefined;
  readonly messages: number;
  /** By round; undefined where it failed. */
  readonly rounds: readonly (Measurement | undefined)[];
  readonly failures: readonly string[];
}

/** Everything that was measured. */
export interface BenchResult {
  readonly options: BenchOptions;
  readonly serverVersion: string;
  readonly cells: readonly CellResult[];
  /** Contenders that the packages or the server do not have. */
  readonly unavailable: readonly ContenderName[];
  readonly startedAt: Date;
  readonly elapsedMs: number;
  /** Share of all processors' time that others took meanwhile, 0 to 1. */
  readonly othersShare: number;
}

/** A cell on its way through the rounds. */
interface Entry {
  readonly cell: Cell;
  readonly contender: AnyContender;
  readonly messages: number;
  window: CellResult["window"];
  readonly rounds: (Measurement | undefined)[];
  readonly failures: string[];
}

/**
 * First the windows of those that have one to choose; then rounds, each with all cells in another random order, so that what a
 * machine does beside (and how warm it gets) meets all alike. A contender that fails is noted and the others go on.
 */
export async function runBench(options: BenchOptions, note: (line: string) => void): Promise<BenchResult> {
  const startedAt = new Date();
  const start = performance.now();
  const othersShare = watchOthers();
  const { contenders, unavailable, serverVersion } = await loadAvailable(options);
  const { task, cluster, sizeBytes } = options;
  const cells = selectCells({ task, cluster, sizeBytes, names: [...contenders.keys()] });
  const entries: Entry[] = cells.flatMap((cell) => {
    const contender = contenders.get(cell.contender);
    if (contender === undefined) return [];
    const messages = messagesFor({ task, cell, contender }, options.messages);
    return { cell, contender, messages, window: undefined, rounds: [], failures: [] };
  });
  for (const entry of entries) await chooseWindow(entry, options, note);
  for (let round = 1; round <= options.rounds; round++) {
    for (const entry of shuffled(entries)) {
      const line = await runRound(entry, options);
      note(`round ${round}/${options.rounds}  ${cellId(entry.cell)}  ${line}`);
    }
  }
  return {
    options,
    serverVersion,
    cells: entries.map(toResult),
    unavailable,
    startedAt,
    elapsedMs: performance.now() - start,
    othersShare: othersShare(),
  };
}

async function loadAvailable({ only, cluster }: BenchOptions): Promise<{
  contenders: ReadonlyMap<ContenderName, AnyContender>;
  unavailable: readonly ContenderName[];
  serverVersion: string;
}> {
  await using broker = await startBroker(cluster);
  const contenders = new Map<ContenderName, AnyContender>();
  const unavailable: ContenderName[] = [];
  for (const name of only) {
    const contender = await loadContender(name);
    const available = (await contender.isAvailable?.({ server: broker.urlOf(undefined), station: "probe" })) ?? true;
    if (available) contenders.set(name, contender);
    else unavailable.push(name);
  }
  return { contenders, unavailable, serverVersion: broker.version };
}

async function chooseWindow(entry: Entry, options: BenchOptions, note: (line: string) => void): Promise<void> {
  const { cell, contender } = entry;
  const messages = trialMessages(entry.messages);
  const { window } = contender;
  if (window === undefined) return;
  const candidates = options.window === undefined ? windowsFor(cell, window.candidates) : [options.window];
  const [only] = candidates;
  const outcome =
    candidates.length > 1
      ? await attempt(() => measureCell({ ...options, cell, contender, messages, windows: candidates }))
      : undefined;
  if (outcome?.error !== undefined) entry.failures.push(`trying windows: ${outcome.error}`);
  const trials = outcome?.result?.kind === "trials" ? outcome.result.trials : [];
  const best = [...trials].sort((a, b) => b.perSecond - a.perSecond)[0];
  entry.window = { meaning: window.meaning, used: best?.window ?? only ?? 1, trials };
  note(`windows    ${cellId(cell)}  ${entry.window.used} ${window.meaning}`);
}

/** Bytes under way are bounded, too: 4,000 messages of 64 KiB are 250 MB, which nobody would have in flight. */
const MAX_WINDOW_BYTES = 64 * 1_024 * 1_024;

function windowsFor({ sizeBytes }: Cell, candidates: readonly number[]): readonly number[] {
  const fitting = candidates.filter((window) => window * sizeBytes <= MAX_WINDOW_BYTES);
  return fitting.length > 0 ? fitting : candidates.slice(0, 1);
}

/** @returns what to say of it. */
async function runRound(
  { cell, contender, messages, window, rounds, failures }: Entry,
  options: BenchOptions,
): Promise<string> {
  const windows = window === undefined ? [] : [window.used];
  const { result, error } = await attempt(() => measureCell({ ...options, cell, contender, messages, windows }));
  const measurement = result?.kind === "measurement" ? result : undefined;
  rounds.push(measurement);
  if (error !== undefined) failures.push(error);
  return error ?? `${Math.round(measurement?.messagesPerSecond ?? 0)} msg/s`;
}

async function attempt<T>(work: () => Promise<T>): Promise<{ result?: T; error?: string }> {
  try {
    return { result: await work() };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function toResult({ cell, contender, messages, window, rounds, failures }: Entry): CellResult {
  const { title, kind, settings } = contender;
  const partitions = cell.partitions === 1 ? "" : `, ${cell.partitions} partitions`;
  return { cell, title: `${title}${partitions}`, kind, settings, window, messages, rounds, failures };
}

function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

import type { CellResult } from "../run/run-bench.js";
import { type Figures, figuresOf } from "./figures.js";
import { formatMegabytes, formatNumber, formatSize, formatSpread } from "./format.js";
import type { TargetOutcome } from "./targets.js";

/** A table for a terminal or for Markdown: the first column is text, the others are numbers. */
export interface ReportTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const NO_FIGURE = "–";
const FAILED = "failed";

/** One for each size of message. */
export function speedTables(cells: readonly CellResult[]): ReportTable[] {
  const head = ["contender", "msg/s", "MB/s", "client CPU s/M", "server CPU s/M", "client RSS MB", "server RSS MB"];
  return bySize(cells, (size, results) => ({
    title: `${size}: as fast as it goes`,
    head,
    rows: results.map((result) => [result.title, ...speedRow(figuresOf(result), head.length - 1)]),
  }));
}

/** One for each size of message. */
export function latencyTables(cells: readonly CellResult[]): ReportTable[] {
  const head = ["contender", "at msg/s", "p50 ms", "p99 ms", "p99.9 ms"];
  return bySize(cells, (size, results) => ({
    title: `${size}: produce to acknowledgement at half of its maximum`,
    head,
    rows: results.map((result) => [result.title, ...latencyRow(figuresOf(result), head.length - 1)]),
  }));
}

export function targetTable(outcomes: readonly TargetOutcome[]): ReportTable {
  return {
    title: "Targets",
    head: ["target (ratio)", "wanted", "measured", "verdict"],
    rows: outcomes.map(({ statement, wanted, ratio, verdict }) => [
      statement,
      wanted,
      ratio === undefined ? NO_FIGURE : formatSpread(ratio),
      verdict,
    ]),
  };
}

function speedRow(figures: Figures | undefined, columns: number): string[] {
  if (figures === undefined) return failedRow(columns);
  return [
    formatSpread(figures.messagesPerSecond),
    formatNumber(figures.megabytesPerSecond.median),
    formatNumber(figures.clientCpuSeconds.median),
    formatNumber(figures.serverCpuSeconds.median),
    formatMegabytes(figures.clientPeakBytes.median),
    formatMegabytes(figures.serverPeakBytes.median),
  ];
}

function latencyRow(figures: Figures | undefined, columns: number): string[] {
  if (figures === undefined) return failedRow(columns);
  const { latency } = figures;
  if (latency === undefined) return Array.from({ length: columns }, () => NO_FIGURE);
  const { acknowledgedPerSecond, keptUp, p50Ms, p99Ms, p999Ms } = latency;
  return [
    `${formatNumber(acknowledgedPerSecond.median)}${keptUp ? "" : " (fell behind)"}`,
    ...[p50Ms, p99Ms, p999Ms].map((spread) => formatSpread(spread)),
  ];
}

function failedRow(columns: number): string[] {
  return Array.from({ length: columns }, (_, index) => (index === 0 ? FAILED : NO_FIGURE));
}

function bySize(
  cells: readonly CellResult[],
  toTable: (size: string, results: readonly CellResult[]) => ReportTable,
): ReportTable[] {
  const sizes = [...new Set(cells.map(({ cell }) => cell.sizeBytes))];
  return sizes.map((bytes) =>
    toTable(
      formatSize(bytes),
      cells.filter(({ cell }) => cell.sizeBytes === bytes),
    ),
  );
}

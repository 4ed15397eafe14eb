import type { Task } from "../contender/catalog.js";
import type { BenchResult, CellResult } from "../run/run-bench.js";
import type { Environment } from "./environment.js";
import { formatNumber, formatSize } from "./format.js";
import { latencyTables, type ReportTable, speedTables, targetTable } from "./tables.js";
import type { TargetOutcome } from "./targets.js";

/** All that a report tells. */
export interface ReportInput {
  readonly result: BenchResult;
  readonly environment: Environment;
  /** Empty on a cluster: the targets are for one node. */
  readonly outcomes: readonly TargetOutcome[];
  /** File name of the chart, beside the report. */
  readonly chartFile: string;
}

/** Client and server want a processor each; what others take of that is missing in the figures. */
const BUSY_SHARE = 0.1;

export function reportTitle({ options, startedAt }: BenchResult): string {
  const what = options.task === "consume" ? "Consumer benchmark" : "Benchmark";
  return `${what} of ${isoDate(startedAt)}, ${options.cluster ? "cluster of three" : "one node"}`;
}

export function writeMarkdown({ result, environment, outcomes, chartFile }: ReportInput): string {
  const { cells, unavailable } = result;
  return [
    `# ${reportTitle(result)}`,
    "Written by `npm run bench`; [how it measures](README.md). Figures are of this run on this machine, and say something about each other only.",
    ...(result.othersShare > BUSY_SHARE ? [busyNote(result.othersShare)] : []),
    ...(result.options.window === undefined ? [] : [windowNote(result.options.window)]),
    `![Messages per second of every contender](${chartFile})`,
    ...(outcomes.length > 0
      ? ["## Targets", targetNote(outcomes), markdownTable(targetTable(outcomes), ["l", "r", "r", "l"])]
      : []),
    "## As fast as it goes",
    SPEED_NOTES[result.options.task],
    ...speedTables(cells).flatMap(withHeading),
    ...(result.options.task === "produce" ? latencySection(cells) : []),
    "## Settings",
    settingsTable(cells),
    "### Windows",
    "Where several were tried in this run before the rounds (in turns, with a third of the messages, the better of two tries of each), the best is used.",
    windowTable(cells),
    ...(unavailable.length > 0 ? [`Not there in these versions: ${unavailable.join(", ")}.`] : []),
    ...failures(cells),
    "## Machine and versions",
    environmentList(result, environment),
    "",
  ].join("\n\n");
}

const SPEED_NOTES: Readonly<Record<Task, string>> = {
  produce:
    "Median of the rounds (slowest–fastest). CPU is user and system time per million messages, RSS the peak of the whole process; on a cluster the servers' sum.",
  consume:
    "A station that was filled before is read and acknowledged, message by message, until the server has the last acknowledgement. Median of the rounds (slowest–fastest). CPU is user and system time per million messages, RSS the peak of the whole process; the server's includes the filling.",
};

function latencySection(cells: readonly CellResult[]): string[] {
  return [
    "## Latency",
    "Each at half of its own maximum of the same round, from the moment a message was due to its acknowledgement: median of the rounds' percentiles (least–most). – : it tells nobody of single acknowledgements.",
    ...latencyTables(cells).flatMap(withHeading),
  ];
}

function busyNote(share: number): string {
  return `**Others took ${percent(share)} of the processors' time during this run: its figures tell little.**`;
}

function windowNote(window: number): string {
  return `**This run was told to use the window ${window}: not everybody has the best one, and ratios and targets tell little.**`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function targetNote(outcomes: readonly TargetOutcome[]): string {
  const count = (verdict: TargetOutcome["verdict"]): number =>
    outcomes.filter((outcome) => outcome.verdict === verdict).length;
  return `Messages of 128 B; ratios within each round, their median (least–most). ${count("met")} met, ${count("missed")} missed, ${count("not measured")} not measured.`;
}

function withHeading(table: ReportTable): string[] {
  return [`### ${table.title}`, markdownTable(table)];
}

/** @param alignment - default: text, then numbers. */
function markdownTable({ head, rows }: Omit<ReportTable, "title">, alignment?: readonly ("l" | "r")[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, index) => ((alignment?.[index] ?? (index === 0 ? "l" : "r")) === "l" ? "---" : "--:"));
  return [head, rule, ...rows].map(line).join("\n");
}

/** By contender: sizes and partitions change nothing of it. */
function settingsTable(cells: readonly CellResult[]): string {
  const first = cells.filter(
    (one, index) => cells.findIndex(({ cell }) => cell.contender === one.cell.contender) === index,
  );
  const rows = first.map(({ cell, title, settings }) => [`\`${cell.contender}\``, title, settings]);
  return markdownTable({ head: ["`--only`", "contender", "set up as"], rows }, ["l", "l", "l"]);
}

function windowTable(cells: readonly CellResult[]): string {
  const rows = cells.flatMap(({ title, cell, messages, window }) => {
    if (window === undefined) return [];
    const tried = window.trials.map((trial) => `${formatNumber(trial.window)}: ${formatNumber(trial.perSecond)}`);
    const used = `${formatNumber(window.used)} ${window.meaning}`;
    return [[title, formatSize(cell.sizeBytes), formatNumber(messages), used, tried.join(", ") || "–"]];
  });
  const head = ["contender", "size", "messages a round", "used", "all that were tried: msg/s"];
  return markdownTable({ head, rows }, ["l", "r", "r", "l", "l"]);
}

function failures(cells: readonly CellResult[]): string[] {
  const lines = cells.flatMap(({ title, cell, failures }) =>
    failures.map((failure) => `- ${title}, ${formatSize(cell.sizeBytes)}: ${failure.split("\n", 1)[0] ?? ""}`),
  );
  return lines.length > 0 ? ["## Failures", lines.join("\n")] : [];
}

function environmentList(result: BenchResult, environment: Environment): string {
  const { options, serverVersion, startedAt, elapsedMs } = result;
  const servers = options.cluster ? "a cluster of three on the same machine, 3 replicas" : "one server, 1 replica";
  return [
    `${startedAt.toISOString()}, ${Math.round(elapsedMs / 1_000)} s; ${roundsNote(result)}`,
    `commit ${environment.commit}`,
    `${environment.machine}; ${environment.system}; load average before the run ${environment.loadAverage.toFixed(2)}, others' share of the processors during it ${percent(result.othersShare)}`,
    `Node ${environment.node}; ${environment.packages.join(", ")}`,
    `nats-server ${serverVersion}, ${servers}, file storage, sync_interval as the server has it (2 minutes), duplicate window 2 minutes; client and server on one machine, over loopback`,
    `one fsync of 4 KiB: ${formatNumber(environment.fsyncMs)} ms (nothing here waits for one)`,
  ]
    .map((line) => `- ${line}`)
    .join("\n");
}

function roundsNote({ options, cells }: BenchResult): string {
  const { task, rounds } = options;
  if (task === "produce") {
    return `${rounds} rounds, up to ${formatNumber(options.messages)} timed messages each, ${options.pacedMs} ms at half load`;
  }
  const messages = Math.max(0, ...cells.map((cell) => cell.messages));
  return `${rounds} rounds, up to ${formatNumber(messages)} timed messages each, and as many before them as a warm-up`;
}

export function isoDate(date: Date): string {
  return date.toISOString().slice(0, 10);
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawChart } from "./chart.js";
import { isoDate, reportTitle, type ReportInput, writeMarkdown } from "./markdown.js";

/** Where a report was written. */
export interface ReportFiles {
  readonly markdown: string;
  readonly chart: string;
  /** Every figure of every round. */
  readonly data: string;
}

/** Writes report, chart and figures, named by the date and by what was measured; a second run of a day replaces the first. */
export function writeReport(directory: string, input: Omit<ReportInput, "chartFile">): ReportFiles {
  const { result, environment, outcomes } = input;
  const { task, cluster } = result.options;
  const name = `${isoDate(result.startedAt)}${task === "consume" ? "-consumer" : ""}${cluster ? "-cluster" : ""}`;
  const at = (extension: string): string => join(directory, `${name}.${extension}`);
  const files = { markdown: at("md"), chart: at("svg"), data: at("json") };
  const subtitle = `nats-server ${result.serverVersion}, file storage, ${environment.machine}; median of ${result.options.rounds === 1 ? "one round" : `${result.options.rounds} rounds, whiskers: slowest and fastest`}`;
  mkdirSync(directory, { recursive: true });
  writeFileSync(files.chart, drawChart(result.cells, { title: reportTitle(result), subtitle }));
  writeFileSync(files.markdown, writeMarkdown({ ...input, chartFile: `${name}.svg` }));
  writeFileSync(files.data, `${JSON.stringify({ environment, outcomes, ...result }, null, 2)}\n`);
  return files;
}

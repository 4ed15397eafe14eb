import { resolve } from "node:path";
import { CommanderError } from "commander";
import type { ContenderName } from "../contender/catalog.js";
import { describeEnvironment } from "../report/environment.js";
import { printTable } from "../report/print-tables.js";
import { latencyTables, speedTables, targetTable } from "../report/tables.js";
import { judge, TARGETS } from "../report/targets.js";
import { writeReport } from "../report/write-report.js";
import { type BenchOptions, runBench } from "../run/run-bench.js";
import { type Arguments, contendersOf, createProgram } from "./program.js";

/** Measures, prints and writes. @returns the exit code: 1 when a contender failed; a target that is missed is a result. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = createProgram().exitOverride();
  let only: readonly ContenderName[];
  try {
    program.parse(argv, { from: "user" });
    only = contendersOf(program, program.opts<Arguments>());
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  if (process.platform !== "linux") {
    console.error("The benchmark reads CPU and memory of processes from /proc: it runs on Linux only.");
    return 1;
  }
  const { size, window, out, consumer, ...rest } = program.opts<Arguments>();
  const options: BenchOptions = { ...rest, only, sizeBytes: size, window, task: consumer ? "consume" : "produce" };
  const environment = describeEnvironment();
  const result = await runBench(options, (line) => {
    console.error(line);
  });
  const outcomes = options.cluster ? [] : judge(TARGETS[options.task], result.cells);
  const tables = speedTables(result.cells);
  if (options.task === "produce") tables.push(...latencyTables(result.cells));
  if (outcomes.length > 0) tables.push(targetTable(outcomes));
  const files = writeReport(resolve(out), { result, environment, outcomes });
  for (const table of tables) console.log(`\n${printTable(table)}`);
  for (const name of result.unavailable) console.log(`not there in these versions: ${name}`);
  console.log(`\n${files.markdown}`);
  return result.cells.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

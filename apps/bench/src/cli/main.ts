import { resolve } from "node:path";
import { CommanderError } from "commander";
import { describeEnvironment } from "../report/environment.js";
import { printTable } from "../report/print-tables.js";
import { latencyTables, speedTables, targetTable } from "../report/tables.js";
import { judge, TARGETS } from "../report/targets.js";
import { writeReport } from "../report/write-report.js";
import { runBench } from "../run/run-bench.js";
import { type Arguments, createProgram } from "./program.js";

/** Measures, prints and writes. @returns the exit code: 1 when a contender failed; a target that is missed is a result. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = createProgram().exitOverride();
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  if (process.platform !== "linux") {
    console.error("The benchmark reads CPU and memory of processes from /proc: it runs on Linux only.");
    return 1;
  }
  const { size, out, ...options } = program.opts<Arguments>();
  const environment = describeEnvironment();
  const result = await runBench({ ...options, sizeBytes: size }, (line) => {
    console.error(line);
  });
  const outcomes = result.options.cluster ? [] : judge(TARGETS, result.cells);
  const tables = [...speedTables(result.cells), ...latencyTables(result.cells)];
  if (outcomes.length > 0) tables.push(targetTable(outcomes));
  const files = writeReport(resolve(out), { result, environment, outcomes });
  for (const table of tables) console.log(`\n${printTable(table)}`);
  for (const name of result.unavailable) console.log(`not there in these versions: ${name}`);
  console.log(`\n${files.markdown}`);
  return result.cells.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

import { CommanderError } from "commander";
import { explain } from "../failure.js";
import { runImport } from "../import/import-job.js";
import type { JobContext, JobResult } from "../job.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { Output } from "../terminal/output.js";
import { runTour } from "../tour/tour.js";
import type { Arguments } from "./arguments.js";
import { toImportOptions, toTourOptions } from "./options.js";
import { createProgram } from "./program.js";

/** Does what the arguments ask for. @returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = createProgram().exitOverride();
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  const given = program.opts<Arguments>();
  const output = new Output({ json: given.json ?? false, quiet: given.quiet ?? false });
  const interrupt = listenForInterrupt(() => {
    output.error("\nStopping: what was sent is being flushed. A second signal ends the job at once.");
  });
  try {
    const context = { output, interrupt, showProgress: given.progress && !given.quiet };
    const { ok, summary } = await run(given, context);
    output.json(summary);
    return interrupt.exitCode ?? (ok ? 0 : 1);
  } catch (error) {
    const message = explain(error);
    output.error(message);
    if (given.debug && error instanceof Error) output.error(error.stack ?? "");
    output.json({ ok: false, error: message });
    return interrupt.exitCode ?? 1;
  }
}

function run(given: Arguments, context: JobContext): Promise<JobResult> {
  return given.input === undefined
    ? runTour(toTourOptions(given), context)
    : runImport(toImportOptions(given, given.input), context);
}

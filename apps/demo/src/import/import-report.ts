import type { Broker } from "../broker.js";
import type { ImportOptions } from "../cli/options.js";
import { explain } from "../failure.js";
import type { JobResult } from "../job.js";
import type { FeedEnd } from "../produce/feed.js";
import type { ProduceRun } from "../produce/produce-run.js";
import type { Verdict } from "../proof/audit.js";
import { formatBytes, formatCount, formatDuration, perSecond, plural, printable } from "../report/format.js";
import { peakRssBytes } from "../report/peak-memory.js";
import { printProof } from "../report/print-proof.js";
import { partitionRows, runSummary } from "../report/run-rows.js";
import { partitionTable, speedTable } from "../report/tables.js";
import type { Interrupt } from "../terminal/interrupt.js";
import type { Output } from "../terminal/output.js";

/** What came of the try to prove what is stored. */
export interface ImportProof {
  /** undefined when it was interrupted, or something stood in the way. */
  readonly verdict: Verdict | undefined;
  /** What that was. */
  readonly obstacle: string | undefined;
}

/** Everything that an import came to. */
export interface ImportReport {
  readonly options: ImportOptions;
  readonly input: { readonly name: string };
  readonly broker: Broker;
  readonly station: string;
  readonly run: ProduceRun;
  readonly end: FeedEnd;
  readonly skipped: number;
  readonly emptyLines: number;
  /** undefined when none was tried. */
  readonly proof: ImportProof | undefined;
}

/** Prints what the import came to; first what went wrong. */
export function reportImport(output: Output, report: ImportReport, { exitCode }: Interrupt): JobResult {
  const { run, station, proof, end } = report;
  const verdict = proof?.verdict;
  const problem = whatWentWrong(report);
  if (problem !== undefined) output.error(problem);
  const { stored } = run.counts;
  if (stored > 0) {
    const rate = formatCount(perSecond(stored, run.elapsedMs));
    output.heading(`${plural(stored, "record")} stored in ${formatDuration(run.elapsedMs)}: ${rate} msg/s`);
    output.line(partitionTable(partitionRows(station, run, verdict)));
    const name = report.options.mode === "sync" ? "one by one" : "non-blocking";
    output.line(speedTable([{ name, records: stored, elapsedMs: run.elapsedMs, latency: run.latency.summary() }]));
  } else if (problem === undefined) {
    output.line(`${report.input.name} has no records: nothing was stored.`);
  }
  for (const line of remarks(report)) output.line(line);
  if (verdict !== undefined) {
    output.heading("Proof, read back from the server");
    printProof(output, [{ name: station, verdict }]);
  } else if (proof?.obstacle !== undefined) {
    output.error(`Nothing was proven: ${proof.obstacle}`);
  } else if (exitCode !== undefined) {
    output.line("Nothing was proven: the run was interrupted.");
  }
  output.line(`Peak memory: ${formatBytes(peakRssBytes())}`);
  const ok = problem === undefined && end.type !== "interrupted" && (proof === undefined || verdict?.holds === true);
  return { ok, summary: toSummary(report, { ok, problem }) };
}

function whatWentWrong({ options, input, run, end, station }: ImportReport): string | undefined {
  const { stored } = run.counts;
  const inStation = `${plural(stored, "record is", "records are")} stored in station "${station}"${unsettled(run)}`;
  switch (end.type) {
    case "bad-record": {
      const goOn = options.skipBad || end.bad.fatal ? "" : " --skip-bad passes over bad records.";
      const before = `${plural(stored, "record was", "records were")} stored before it, none after it${unsettled(run)}`;
      return `${input.name}, line ${end.bad.line}: ${printable(end.bad.problem)}. ${before}.${goOn}`;
    }
    case "delivery-failed":
      return `The job stopped because a record was not acknowledged: ${explain(run.firstFailure)}. ${inStation}.`;
    case "interrupted":
      return `Interrupted. ${inStation}.`;
    case "input-ended":
    case "limit-reached":
      return undefined;
  }
}

function unsettled(run: ProduceRun): string {
  const { failed, unknown } = run.counts;
  if (failed === 0) return "";
  const perhaps = unknown === 0 ? "" : `, of which ${formatCount(unknown)} may be stored`;
  return ` (${plural(failed, "record was", "records were")} not acknowledged${perhaps})`;
}

function remarks({ run, skipped, emptyLines, end, options }: ImportReport): string[] {
  const { duplicates } = run.counts;
  return [
    ...(skipped > 0 ? [`${plural(skipped, "bad record was", "bad records were")} skipped.`] : []),
    ...(emptyLines > 0 ? [`${plural(emptyLines, "empty line was", "empty lines were")} passed over.`] : []),
    ...(duplicates > 0 ? [`${plural(duplicates, "retry", "retries")} met a record that was stored already.`] : []),
    ...(end.type === "limit-reached" ? [`Stopped at the limit of ${formatCount(options.limit)}.`] : []),
  ];
}

function toSummary(report: ImportReport, { ok, problem }: { ok: boolean; problem: string | undefined }): object {
  const { options, broker, station, run, end, skipped, emptyLines, proof } = report;
  const verdict = proof?.verdict;
  const { connection, embedded } = broker;
  const error = problem ?? proof?.obstacle;
  return {
    ok,
    ...(error !== undefined && { error }),
    server: { version: connection.server.version, address: connection.server.address, embedded },
    input: { format: options.format, end: end.type, skipped, emptyLines },
    runs: [runSummary(options.mode === "sync" ? "sync" : "non-blocking", run)],
    partitions: partitionRows(station, run, verdict).map(({ elapsedMs, ...row }) => ({
      ...row,
      messagesPerSecond: perSecond(row.messages, elapsedMs),
    })),
    proof: verdict === undefined ? null : { holds: verdict.holds, read: verdict.found, findings: verdict.findings },
    peakRssBytes: peakRssBytes(),
  };
}

import type { Broker } from "../broker.js";
import { formatBytes, perSecond } from "../report/format.js";
import { peakRssBytes } from "../report/peak-memory.js";
import { partitionRows, runSummary } from "../report/run-rows.js";
import { type PartitionRow, partitionTable, speedTable } from "../report/tables.js";
import type { Output } from "../terminal/output.js";
import type { StationProof } from "./prove-stations.js";
import type { TourRun } from "./steps.js";

/** Prints what each partition took, and how fast. */
export function reportFigures(output: Output, runs: readonly TourRun[], proofs: readonly StationProof[]): void {
  output.heading("7  The figures");
  output.line(partitionTable(rows(runs, proofs)));
  output.line(
    speedTable(
      runs.map(({ name, run }) => ({
        name,
        records: run.counts.stored,
        elapsedMs: run.elapsedMs,
        latency: run.latency.summary(),
      })),
    ),
  );
  output.line(`Peak memory: ${formatBytes(peakRssBytes())}`);
}

/** One set of rows per station and run. */
function rows(runs: readonly TourRun[], proofs: readonly StationProof[]): PartitionRow[] {
  return runs.flatMap(({ run, stations, name }) =>
    stations.flatMap((station) => {
      const verdicts = proofs.find((proof) => proof.station === station)?.verdicts;
      return partitionRows(station, run, verdicts?.find((named) => named.name === `${station}, ${name}`)?.verdict);
    }),
  );
}

/** The tour for `--json`. */
export function tourSummary(
  { connection, embedded }: Broker,
  { runs, proofs, ok }: { runs: readonly TourRun[]; proofs: readonly StationProof[]; ok: boolean },
): object {
  const verdicts = proofs.flatMap((proof) => proof.verdicts);
  return {
    ok,
    server: { version: connection.server.version, address: connection.server.address, embedded },
    runs: runs.map(({ name, run }) => runSummary(name, run)),
    partitions: rows(runs, proofs).map(({ elapsedMs, ...row }) => ({
      ...row,
      messagesPerSecond: perSecond(row.messages, elapsedMs),
    })),
    proof:
      verdicts.length === 0
        ? null
        : verdicts.map(({ name, verdict: { holds, found, findings } }) => ({ name, holds, read: found, findings })),
    peakRssBytes: peakRssBytes(),
  };
}

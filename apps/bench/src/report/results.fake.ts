import type { ContenderName } from "../contender/catalog.js";
import type { Cell } from "../contender/cells.js";
import type { CellResult } from "../run/run-bench.js";
import type { Latency, Measurement } from "../worker/job.js";

/** A round with figures of one's choice. */
export function aRound(figures: Partial<Measurement & Latency> = {}): Measurement {
  const { messagesPerSecond = 1_000, p50Ms = 1, p99Ms = 2, p999Ms = 3 } = figures;
  const half = messagesPerSecond / 2;
  return {
    kind: "measurement",
    sent: 100,
    messagesPerSecond,
    clientCpuSeconds: 7,
    serverCpuSeconds: 8,
    clientPeakBytes: 90_000_000,
    serverPeakBytes: 50_000_000,
    latency: {
      askedPerSecond: half,
      acknowledgedPerSecond: figures.acknowledgedPerSecond ?? half,
      p50Ms,
      p99Ms,
      p999Ms,
    },
  };
}

/** What came of a contender, for messages of 128 B and one partition unless told otherwise. */
export function aCell(
  contender: ContenderName,
  rounds: readonly (Measurement | undefined)[],
  cell: Partial<Cell> = {},
): CellResult {
  return {
    cell: { contender, sizeBytes: 128, partitions: 1, ...cell },
    title: contender,
    kind: "peer",
    settings: "as it comes",
    window: undefined,
    messages: 100,
    rounds,
    failures: rounds.includes(undefined) ? ["it broke"] : [],
  };
}

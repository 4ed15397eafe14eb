import type { ProduceRun } from "../produce/produce-run.js";
import type { Verdict } from "../proof/audit.js";
import { perSecond } from "./format.js";
import type { PartitionRow } from "./tables.js";

/** A row per partition that took records: what was read back where that was done, otherwise what was acknowledged. */
export function partitionRows(station: string, run: ProduceRun, verdict: Verdict | undefined): PartitionRow[] {
  const counts = verdict?.partitions ?? run.partitions.get(station) ?? new Map<number, never>();
  return [...counts.entries()]
    .sort(([a], [b]) => a - b)
    .map(([partition, { messages, bytes }]) => ({
      station,
      partition,
      messages,
      bytes,
      keys: verdict !== undefined && verdict.keys > 0 ? verdict.partitions.get(partition)?.keys : undefined,
      elapsedMs: run.elapsedMs,
    }));
}

/** A run for `--json`. */
export function runSummary(name: string, run: ProduceRun): object {
  const { stored } = run.counts;
  return {
    name,
    ...run.counts,
    elapsedMs: Math.round(run.elapsedMs),
    messagesPerSecond: perSecond(stored, run.elapsedMs),
    latencyMs: run.latency.summary(),
  };
}

import Table from "cli-table3";
import type { LatencySummary } from "../produce/latency.js";
import { formatBytes, formatCount, formatDuration, perSecond } from "./format.js";

/** What one partition took of one run. */
export interface PartitionRow {
  readonly station: string;
  readonly partition: number;
  readonly messages: number;
  readonly bytes: number;
  /** undefined when nobody has counted. */
  readonly keys: number | undefined;
  /** Of the whole run. */
  readonly elapsedMs: number;
}

/** How fast one run was. */
export interface SpeedRow {
  readonly name: string;
  readonly records: number;
  readonly elapsedMs: number;
  readonly latency: LatencySummary;
}

export function partitionTable(rows: readonly PartitionRow[]): string {
  const withKeys = rows.some((row) => row.keys !== undefined);
  const table = createTable(["station", "partition", "messages", "payload", ...(withKeys ? ["keys"] : []), "msg/s"]);
  for (const { station, partition, messages, bytes, keys, elapsedMs } of rows) {
    const keyCell = withKeys ? [keys === undefined ? "" : formatCount(keys)] : [];
    const rate = formatCount(perSecond(messages, elapsedMs));
    table.push([station, partition, formatCount(messages), formatBytes(bytes), ...keyCell, rate]);
  }
  return table.toString();
}

export function speedTable(rows: readonly SpeedRow[]): string {
  const table = createTable(["produce to ack", "records", "msg/s", "p50", "p90", "p99", "p99.9"]);
  for (const { name, records, elapsedMs, latency } of rows) {
    const { p50, p90, p99, p999 } = latency;
    const rate = formatCount(perSecond(records, elapsedMs));
    table.push([name, formatCount(records), rate, ...[p50, p90, p99, p999].map(formatDuration)]);
  }
  return table.toString();
}

/** Without colours of its own, as it may go to a file; the first column is text, the others are numbers. */
function createTable(head: string[]): Table.Table {
  return new Table({
    head,
    colAligns: head.map((_, index) => (index === 0 ? "left" : "right")),
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
}

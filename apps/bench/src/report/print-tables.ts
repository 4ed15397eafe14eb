import Table from "cli-table3";
import type { ReportTable } from "./tables.js";

/** Without colours of its own, as it may go to a file. */
export function printTable({ title, head, rows }: ReportTable): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, index) => (index === 0 ? "left" : "right")),
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  table.push(...rows.map((row) => [...row]));
  return `${title}\n${table.toString()}`;
}

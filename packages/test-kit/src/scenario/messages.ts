import type { Report } from "./report.js";

/** One scenario, as far as it can be told to another process. */
export interface ScenarioEntry {
  readonly name: string;
  readonly title: string;
  readonly group: string;
  readonly defaultCount: number;
  readonly nodeOptions: readonly string[];
}

/** What a process is to run. */
export interface RunOrder {
  readonly name: string;
  readonly count: number;
  readonly seed: number;
  readonly version: string;
  /** Files by name. */
  readonly programs: Readonly<Record<string, string>>;
}

/** What the process that ran it says, last of all. */
export type RunMessage =
  | { readonly type: "list"; readonly scenarios: readonly ScenarioEntry[] }
  | { readonly type: "skipped"; readonly reason: string }
  | { readonly type: "report"; readonly report: Report };

import type { Interrupt } from "./terminal/interrupt.js";
import type { Output } from "./terminal/output.js";

/** What every job is given. */
export interface JobContext {
  readonly output: Output;
  readonly interrupt: Interrupt;
  readonly showProgress: boolean;
}

/** What a job comes to. */
export interface JobResult {
  readonly ok: boolean;
  /** For `--json`. */
  readonly summary: object;
}

import { none } from "./counts.mjs";

/**
 * @typedef {object} StepResult
 * @property {boolean} ok
 * @property {string} output - shown in full if the step failed
 * @property {import("./counts.mjs").Counts} [counts] - for steps that run tests
 * @property {string[]} [failures] - a text for each failed test
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {() => Promise<StepResult>} run
 *
 * @typedef {object} Outcome
 * @property {string} name
 * @property {boolean} ok
 * @property {number} seconds
 * @property {import("./counts.mjs").Counts} counts
 * @property {string[]} failures
 */

/**
 * Runs steps in order, at most `atOnce` at a time, and goes on after a failing one.
 * @param {readonly Step[]} steps
 * @param {object} options
 * @param {number} options.atOnce
 * @param {(text: string) => void} options.print
 * @returns {Promise<Outcome[]>} in the order of `steps`
 */
export async function runSteps(steps, { atOnce, print }) {
  /** @type {Outcome[]} */
  const outcomes = [];
  const waiting = steps.entries();
  const worker = async () => {
    for (const [index, step] of waiting) outcomes[index] = await runStep(step, print);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return outcomes;
}

/**
 * Only tests count as passed. A failing step that has no failing test of its own (lint, build, a timeout) counts as one failed,
 * so that the sum never says "0 failed" on a red run.
 * @param {Step} step
 * @param {(text: string) => void} print
 * @returns {Promise<Outcome>}
 */
async function runStep({ name, run }, print) {
  const start = performance.now();
  const {
    ok,
    output,
    counts = none,
    failures = [],
  } = await run().catch((/** @type {unknown} */ error) => ({
    ok: false,
    output: error instanceof Error ? (error.stack ?? error.message) : String(error),
    counts: none,
    failures: [],
  }));
  const passed = ok && counts.failed === 0;
  const seconds = (performance.now() - start) / 1000;
  const outcome = {
    name,
    ok: passed,
    seconds,
    failures,
    counts: passed ? counts : { ...counts, failed: Math.max(counts.failed, 1) },
  };
  print(outcomeLine(outcome));
  if (!passed) print(`${"-".repeat(80)}\n${output.trimEnd()}\n${"-".repeat(80)}`);
  return outcome;
}

/**
 * @param {Outcome} outcome
 * @returns {string}
 */
function outcomeLine({ name, ok, seconds, counts }) {
  const tests = counts.passed + counts.failed + counts.skipped > 0 ? `  ${describe(counts)}` : "";
  return `${ok ? "ok    " : "FAILED"}  ${name.padEnd(48)} ${seconds.toFixed(1).padStart(6)} s${tests}`;
}

/**
 * What is said of a failed step at the end of the log.
 * @param {Outcome} outcome
 * @returns {string}
 */
export function failureLines(outcome) {
  const texts = outcome.failures.map((failure) => `- ${failure}`.replaceAll("\n", "\n  "));
  return [outcomeLine(outcome), ...texts].join("\n");
}

/** @param {import("./counts.mjs").Counts} counts */
function describe(counts) {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}

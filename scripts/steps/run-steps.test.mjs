import assert from "node:assert/strict";
import { test } from "node:test";
import { runSteps } from "./run-steps.mjs";

const quietly = { atOnce: 1, print: () => undefined };

/** @type {Promise<void>} */
const soon = new Promise((resolve) => setImmediate(resolve));

/**
 * @param {string} name
 * @param {() => Promise<import("./run-steps.mjs").StepResult>} run
 */
const step = (name, run) => ({ name, run });

test("goes on after a failing step, and counts one failed for a step without tests", async () => {
  const outcomes = await runSteps(
    [
      step("lint", () => Promise.resolve({ ok: false, output: "" })),
      step("unit", () => Promise.resolve({ ok: true, output: "", counts: { passed: 2, failed: 0, skipped: 0 } })),
    ],
    quietly,
  );
  assert.deepEqual(
    outcomes.map(({ name, ok, counts }) => [name, ok, counts.passed, counts.failed]),
    [
      ["lint", false, 0, 1],
      ["unit", true, 2, 0],
    ],
  );
});

test("a step that throws has failed", async () => {
  const [outcome] = await runSteps([step("broken", () => Promise.reject(new Error("no such tool")))], quietly);
  assert.equal(outcome?.ok, false);
});

test("failed tests make the step fail even if its command ended well", async () => {
  const counts = { passed: 1, failed: 3, skipped: 0 };
  const [outcome] = await runSteps([step("unit", () => Promise.resolve({ ok: true, output: "", counts }))], quietly);
  assert.equal(outcome?.ok, false);
  assert.equal(outcome.counts.failed, 3);
});

test("runs no more steps at a time than told", async () => {
  let running = 0;
  let most = 0;
  const steps = Array.from({ length: 5 }, (_, index) =>
    step(String(index), async () => {
      most = Math.max(most, ++running);
      await soon;
      running--;
      return { ok: true, output: "" };
    }),
  );
  assert.equal((await runSteps(steps, { ...quietly, atOnce: 2 })).length, 5);
  assert.equal(most, 2);
});

test("prints one line for a passing step and all output of a failing one", async () => {
  /** @type {string[]} */
  const printed = [];
  await runSteps(
    [
      step("lint", () => Promise.resolve({ ok: true, output: "1000 files" })),
      step("build", () => Promise.resolve({ ok: false, output: "TS2322\nTS2345\n" })),
    ],
    { atOnce: 1, print: (text) => printed.push(text) },
  );
  assert.doesNotMatch(printed.join("\n"), /1000 files/);
  assert.match(printed.join("\n"), /^FAILED {2}build.*\n-+\nTS2322\nTS2345\n-+$/m);
});

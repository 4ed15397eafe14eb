import assert from "node:assert/strict";
import { test } from "node:test";
import { countTap, countVitest, sum, summaryLine } from "./counts.mjs";

const green = {
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ status: "passed", assertionResults: [{ status: "passed" }] }],
};

test("counts passed, failed, and pending with todo as skipped", () => {
  assert.deepEqual(countVitest(green), { passed: 3, failed: 0, skipped: 2 });
});

test("a test file that does not load counts as one failed", () => {
  const testResults = [...green.testResults, { status: "failed", assertionResults: [] }];
  assert.equal(countVitest({ ...green, success: false, testResults }).failed, 1);
});

test("a file with a failed test is not counted a second time", () => {
  const testResults = [{ status: "failed", assertionResults: [{ status: "failed" }] }];
  assert.equal(countVitest({ ...green, success: false, numFailedTests: 1, testResults }).failed, 1);
});

test("a red run without a failed test (an unhandled rejection) counts as one failed", () => {
  assert.equal(countVitest({ ...green, success: false }).failed, 1);
});

test("reads the closing lines of TAP", () => {
  const tap = "ok 1 - x\n# tests 9\n# pass 4\n# fail 1\n# cancelled 1\n# skipped 2\n# todo 1\n";
  assert.deepEqual(countTap(tap), { passed: 4, failed: 2, skipped: 3 });
});

test("TAP that breaks off counts as one failed", () => {
  assert.deepEqual(countTap("ok 1 - x\n"), { passed: 0, failed: 1, skipped: 0 });
});

test("the last line names skipped tests only if there are any", () => {
  const two = { passed: 1, failed: 0, skipped: 1 };
  assert.equal(summaryLine(sum([two, two])), "2 passed, 0 failed, 2 skipped");
  assert.equal(summaryLine({ passed: 7, failed: 2, skipped: 0 }), "7 passed, 2 failed");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { failuresOf } from "./failures.mjs";

/** @param {import("./counts.mjs").VitestFile[]} testResults */
const report = (...testResults) => ({
  success: false,
  ...{ numPassedTests: 1, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults },
});

test("names each failed test, with the beginning of what it said", () => {
  const failureMessages = [["AssertionError: two are missing", ...Array(20).keys()].join("\n")];
  const assertionResults = [
    { status: "passed", fullName: "reads", failureMessages: [] },
    { status: "failed", fullName: "loses nothing", failureMessages },
  ];
  assert.deepEqual(failuresOf(report({ status: "failed", assertionResults })), [
    "loses nothing\nAssertionError: two are missing\n0\n1\n2\n3",
  ]);
});

test("says why a file did not load", () => {
  assert.deepEqual(failuresOf(report({ status: "failed", message: "no such module", assertionResults: [] })), [
    "a file of tests did not load\nno such module",
  ]);
});

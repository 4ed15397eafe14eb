import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { readReports } from "./reports.mjs";

let base = "";

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "stationkit-reports-"));
});

afterEach(() => {
  rmSync(base, { recursive: true });
});

/**
 * @param {string} path
 * @param {Record<string, number>} reports - file name to number of passed tests
 */
function addPackage(path, reports) {
  mkdirSync(join(base, path, ".reports"), { recursive: true });
  const manifest = { name: path, scripts: { test: "vitest", "test:integration": "vitest" } };
  writeFileSync(join(base, path, "package.json"), JSON.stringify(manifest));
  for (const [file, numPassedTests] of Object.entries(reports)) {
    const report = {
      success: true,
      numPassedTests,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults: [],
    };
    writeFileSync(join(base, path, ".reports", file), JSON.stringify(report));
  }
}

test("sums the reports of packages and apps, of one script only", () => {
  addPackage("packages/a", { "test.json": 2, "test-integration.json": 100 });
  addPackage("apps/b", { "test.json": 3 });
  assert.deepEqual(readReports("test", { base }), {
    counts: { passed: 5, failed: 0, skipped: 0 },
    missing: [],
    failures: [],
  });
});

test("a package without its report counts as one failed and is named", () => {
  addPackage("packages/a", { "test.json": 2 });
  addPackage("packages/b", {});
  const { counts, missing, failures } = readReports("test", { base });
  assert.equal(counts.failed, 1);
  assert.match(missing.join(), /packages\/b/);
  assert.deepEqual(failures, missing);
});

test("a second pass has reports of its own, and only for the packages it ran", () => {
  addPackage("packages/a", { "test-integration.json": 4, "test-integration.oldest.json": 3 });
  addPackage("packages/b", { "test-integration.json": 9 });
  const { counts, missing } = readReports("test:integration", { base, suffix: "oldest", only: "packages/a" });
  assert.deepEqual([counts.passed, missing], [3, []]);
});

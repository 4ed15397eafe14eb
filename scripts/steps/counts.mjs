/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 *
 * @typedef {object} VitestReport - what is used of vitest's JSON reporter
 * @property {boolean} success
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {VitestFile[]} testResults
 *
 * @typedef {object} VitestFile
 * @property {string} status
 * @property {string} [message] - why it did not load
 * @property {{ status: string, fullName?: string, failureMessages?: string[] }[]} assertionResults
 */

/** @type {Readonly<Counts>} */
export const none = Object.freeze({ passed: 0, failed: 0, skipped: 0 });

/**
 * @param {readonly Counts[]} all
 * @returns {Counts}
 */
export function sum(all) {
  return all.reduce(
    (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }),
    none,
  );
}

/**
 * A file that fails to load has no failed test in it, and an unhandled rejection belongs to no file: each counts as one failed.
 * @param {VitestReport} report
 * @returns {Counts}
 */
export function countVitest(report) {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !report.success ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * The closing comments of node:test's TAP reporter. Without them the run broke off: one failed.
 * @param {string} tap
 * @returns {Counts}
 */
export function countTap(tap) {
  /** @param {string} name */
  const read = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(tap)?.[1] ?? Number.NaN);
  const failed = read("fail") + read("cancelled");
  const counts = { passed: read("pass"), failed, skipped: read("skipped") + read("todo") };
  return Object.values(counts).some(Number.isNaN) ? { ...none, failed: 1 } : counts;
}

/**
 * The last line of `npm test`. CI reads it.
 * @param {Counts} counts
 * @returns {string}
 */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

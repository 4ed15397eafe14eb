/** Of a failure, enough to know it again; the whole of it stands further up, with its step. */
const linesOfFailure = 6;

/**
 * What failed and why, in few lines each, for the end of a long log.
 * @param {import("./counts.mjs").VitestReport} report
 * @returns {string[]}
 */
export function failuresOf({ testResults }) {
  return testResults.flatMap(({ status, message = "", assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0) return status === "failed" ? [beginning(`a file of tests did not load\n${message}`)] : [];
    return failed.map(({ fullName = "", failureMessages = [] }) =>
      beginning([fullName, ...failureMessages].join("\n")),
    );
  });
}

/** @param {string} text */
function beginning(text) {
  return text.split("\n").slice(0, linesOfFailure).join("\n");
}

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { workspacePackages } from "../workspace/packages.mjs";
import { readJson } from "../workspace/read-json.mjs";
import { countVitest, none, sum } from "./counts.mjs";
import { failuresOf } from "./failures.mjs";

/** Stale reports would count tests that did not run. */
export function removeReports() {
  for (const { directory } of workspacePackages()) {
    rmSync(join(directory, ".reports"), { recursive: true, force: true });
  }
}

/**
 * Sums the reports that one vitest pass must have left. A missing one counts as one failed: its run broke off or never began.
 * @param {string} script - the package script that ran: "test" or "test:integration"
 * @param {object} [options]
 * @param {string} [options.suffix] - STATIONKIT_REPORT of that pass
 * @param {string} [options.only] - the path of a package; default: all that have the script
 * @param {string} [options.base]
 * @returns {{ counts: import("./counts.mjs").Counts, missing: string[], failures: string[] }} failures: a text for each failed test
 */
export function readReports(script, { suffix, only, base } = {}) {
  const file = `${script.replace(":", "-")}${suffix === undefined ? "" : `.${suffix}`}.json`;
  /** @type {string[]} */
  const missing = [];
  /** @type {string[]} */
  const failures = [];
  const counts = workspacePackages(base)
    .filter(({ manifest }) => manifest.scripts?.[script] !== undefined)
    .filter(({ path }) => only === undefined || path === only)
    .map(({ path, directory }) => {
      const report = join(directory, ".reports", file);
      if (!existsSync(report)) {
        missing.push(`${path}/.reports/${file} is missing: its tests did not run to their end`);
        return { ...none, failed: 1 };
      }
      const read = /** @type {import("./counts.mjs").VitestReport} */ (readJson(report));
      failures.push(...failuresOf(read).map((failure) => `${path}: ${failure}`));
      return countVitest(read);
    });
  return { counts: sum(counts), missing, failures: [...missing, ...failures] };
}

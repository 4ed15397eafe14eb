import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../workspace/read-json.mjs";

/**
 * Selective install is a promise (docs of the packages name these numbers): what one package may bring with it, itself included.
 * @type {Readonly<Record<string, Closure>>}
 */
const limits = { "@stationkit/producer": { packages: 14, megabytes: 5 } };

/**
 * @typedef {object} Closure
 * @property {number} packages
 * @property {number} megabytes - of 1,000,000 bytes: the files as they are, not their blocks on disk
 */

/**
 * @param {string} project - a folder in which npm install has run
 * @returns {Closure}
 */
export function measureClosure(project) {
  const lock = /** @type {{ packages: Record<string, unknown> }} */ (readJson(join(project, "package-lock.json")));
  const modules = join(project, "node_modules");
  const bytes = readdirSync(modules, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== ".package-lock.json")
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
  // The key "" is the project itself.
  return { packages: Object.keys(lock.packages).length - 1, megabytes: bytes / 1_000_000 };
}

/**
 * @param {string} name
 * @param {Closure} closure
 * @returns {string | undefined}
 */
export function closureProblem(name, { packages, megabytes }) {
  const limit = limits[name];
  if (limit === undefined || (packages <= limit.packages && megabytes <= limit.megabytes)) return undefined;
  return `brings more than ${limit.packages} packages or ${limit.megabytes} MB`;
}

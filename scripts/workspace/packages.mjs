import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readJson } from "./read-json.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));

// The same two folders as in pnpm-workspace.yaml: at this point no YAML parser need be installed.
const folders = ["packages", "apps"];

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {boolean} [private]
 * @property {string} [packageManager]
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 *
 * @typedef {object} WorkspacePackage
 * @property {string} path - from the root, with "/": "packages/producer"
 * @property {string} directory - absolute
 * @property {Manifest} manifest
 */

/**
 * @param {string} file
 * @returns {Manifest}
 */
export function readManifest(file) {
  return /** @type {Manifest} */ (readJson(file));
}

/**
 * Every folder of packages/ and apps/ that has a package.json, sorted by path.
 * @param {string} [base]
 * @returns {WorkspacePackage[]}
 */
export function workspacePackages(base = root) {
  return folders
    .filter((folder) => existsSync(join(base, folder)))
    .flatMap((folder) => readdirSync(join(base, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => existsSync(join(base, path, "package.json")))
    .sort()
    .map((path) => ({
      path,
      directory: join(base, path),
      manifest: readManifest(join(base, path, "package.json")),
    }));
}

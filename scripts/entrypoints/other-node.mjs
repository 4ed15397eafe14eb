import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "../workspace/run.mjs";

/**
 * Another Node from the npm registry. Not the package "node", which picks one of these by an install script.
 * @param {string} version - "22", "24.1.0"
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} the binary
 */
export async function fetchNode(version, folder, env) {
  const name = `node-${process.platform}-${process.arch}`;
  mkdirSync(folder, { recursive: true });
  const flags = ["--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  const { ok, output } = await run("npm", ["install", ...flags, `${name}@${version}`], { env });
  if (!ok) throw new Error(`could not get Node ${version} with npm\n${output}`);
  return join(folder, "node_modules", name, "bin/node");
}

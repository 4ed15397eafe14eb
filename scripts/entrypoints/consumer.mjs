import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../workspace/run.mjs";

const probe = fileURLToPath(new URL("probe.cjs", import.meta.url));

// An entry that leaves a timer or a socket behind when merely imported would keep every user's process alive.
const probeLimitMs = 20_000;

/**
 * An empty project that installs one package and nothing else. Overrides lead all our names to the tarballs, wherever they stand
 * in the tree, so that no published version of them takes part.
 * @param {string} directory - made here
 * @param {string} name
 * @param {ReadonlyMap<string, string>} tarballs - of all public packages, by name
 * @param {NodeJS.ProcessEnv} env
 */
export async function installAlone(directory, name, tarballs, env) {
  mkdirSync(directory, { recursive: true });
  const files = new Map([...tarballs].map(([each, file]) => [each, `file:${file}`]));
  const manifest = { private: true, dependencies: { [name]: files.get(name) }, overrides: Object.fromEntries(files) };
  writeFileSync(join(directory, "package.json"), JSON.stringify(manifest));
  copyFileSync(probe, join(directory, "probe.cjs"));
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  const { ok, output } = await run("npm", ["install", ...flags], { cwd: directory, env });
  if (!ok) throw new Error(`npm install of ${name} alone failed\n${output}`);
}

/**
 * @param {string} node - the Node to run
 * @param {string} directory - from `installAlone`
 * @param {string} name
 * @returns {Promise<string | undefined>} what is wrong with loading it, if anything
 */
export async function loadProblem(node, directory, name) {
  // Loading is judged as a user has it who set nothing, whatever this shell sets.
  const env = { ...process.env };
  delete env["NODE_OPTIONS"];
  delete env["NODE_NO_WARNINGS"];
  const { ok, output } = await run(node, ["probe.cjs", name], { cwd: directory, env, timeoutMs: probeLimitMs });
  return ok && output === "" ? undefined : output;
}

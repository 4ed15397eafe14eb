import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SetUpError } from "./set-up-error.mjs";
import { readManifest, root } from "./packages.mjs";
import { run, withPath } from "./run.mjs";

/** @returns {string} the exact version that package.json asks for */
export function wantedPnpmVersion() {
  const { packageManager = "" } = readManifest(join(root, "package.json"));
  const version = /^pnpm@([^+]+)/.exec(packageManager)?.[1];
  if (version === undefined) throw new Error(`package.json: packageManager is "${packageManager}", not pnpm@<version>`);
  return version;
}

/**
 * The environment in which `pnpm` is the wanted version: as it is, or with a private copy first in PATH. A copy of its own
 * and not `npm exec`: turbo calls plain `pnpm` for each task, and npm exec costs a second and a half each time.
 * @param {NodeJS.ProcessEnv} env
 * @param {(line: string) => void} note
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function withPnpm(env, note) {
  const version = wantedPnpmVersion();
  const folder = join(root, "node_modules/.cache/stationkit", `pnpm-${version}`);
  const privateEnv = withPath(env, [join(folder, "node_modules/.bin")]);
  if (existsSync(folder)) return privateEnv;
  const onPath = await run("pnpm", ["--version"], { env });
  if (onPath.ok && onPath.output.trim() === version) return env;
  note(`getting pnpm ${version}`);
  await installPrivately(version, folder, env);
  return privateEnv;
}

/**
 * @param {string} version
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function installPrivately(version, folder, env) {
  mkdirSync(join(folder, ".."), { recursive: true });
  // Made beside its place and renamed, so that an interrupted download is never taken for a whole one.
  const unfinished = mkdtempSync(`${folder}-`);
  const flags = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  const { ok, output } = await run("npm", ["install", "--prefix", unfinished, ...flags, `pnpm@${version}`], { env });
  if (!ok) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new SetUpError(`could not get pnpm ${version} with npm`, output, [
      "Check that npm reaches its registry (npm ping), then run the same command again;",
      `or install it by hand: npm install --global pnpm@${version}`,
    ]);
  }
  renameSync(unfinished, folder);
}

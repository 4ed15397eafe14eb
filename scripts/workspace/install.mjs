import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, workspacePackages } from "./packages.mjs";
import { wantedPnpmVersion } from "./pnpm.mjs";
import { run } from "./run.mjs";
import { SetUpError } from "./set-up-error.mjs";

/** Written after an install that worked; inside node_modules, so that removing that folder removes it too. */
const stampPath = "node_modules/.cache/stationkit/installed";

/**
 * A hash of all that decides what `pnpm install --frozen-lockfile` puts in place.
 * @param {string} base
 */
function installStamp(base) {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  const manifests = workspacePackages(base).map(({ path }) => `${path}/package.json`);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", ...manifests]) {
    hash.update(`${file}\n`).update(readFileSync(join(base, file)));
  }
  return hash.digest("hex");
}

/**
 * @param {string} [base]
 * @returns {boolean}
 */
export function isInstalled(base = root) {
  const stamp = join(base, stampPath);
  return (
    existsSync(stamp) &&
    readFileSync(stamp, "utf8") === installStamp(base) &&
    workspacePackages(base)
      .filter(({ manifest }) => manifest.dependencies ?? manifest.devDependencies)
      .every(({ directory }) => existsSync(join(directory, "node_modules")))
  );
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {(line: string) => void} note
 */
export async function installDependencies(env, note) {
  if (isInstalled()) return;
  note("installing dependencies (pnpm install --frozen-lockfile)");
  rmSync(join(root, stampPath), { force: true });
  // Without the second flag pnpm asks before it replaces a node_modules of another layout, and there is no stdin to answer.
  const { ok, output } = await run("pnpm", ["install", "--frozen-lockfile", "--config.confirm-modules-purge=false"], {
    env,
  });
  if (!ok) {
    throw new SetUpError("pnpm install --frozen-lockfile failed", output, [
      `If it says that the lockfile is not up to date: npx pnpm@${wantedPnpmVersion()} install, then commit pnpm-lock.yaml.`,
      "If it could not reach the registry: run the same command again; what was downloaded is kept.",
    ]);
  }
  markInstalled();
}

/** @param {string} [base] */
export function markInstalled(base = root) {
  const stamp = join(base, stampPath);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, installStamp(base));
}

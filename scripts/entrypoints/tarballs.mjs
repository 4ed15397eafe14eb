import { join } from "node:path";
import { run } from "../workspace/run.mjs";

/**
 * Packs a package as it would be published (pnpm replaces "workspace:" and "catalog:").
 * @param {import("../workspace/packages.mjs").WorkspacePackage} from
 * @param {string} folder - where to put the tarball
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} the tarball's absolute path
 */
export async function pack({ directory, manifest }, folder, env) {
  const file = join(folder, `${manifest.name.replace("@", "").replace("/", "-")}.tgz`);
  const { ok, output } = await run("pnpm", ["pack", "--out", file], { cwd: directory, env });
  if (!ok) throw new Error(`pnpm pack of ${manifest.name} failed\n${output}`);
  return file;
}

// Each public package, packed and installed alone: loads by import and by require, without a word on stderr, and brings no
// more than it may. `--node 24` (repeatable) loads it with other Nodes as well.
import "./workspace/node-version.mjs";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closureProblem, measureClosure } from "./entrypoints/closure.mjs";
import { installAlone, loadProblem } from "./entrypoints/consumer.mjs";
import { fetchNode } from "./entrypoints/other-node.mjs";
import { pack } from "./entrypoints/tarballs.mjs";
import { runSteps } from "./steps/run-steps.mjs";
import { workspacePackages } from "./workspace/packages.mjs";
import { runMain, setUp } from "./workspace/set-up.mjs";
import { build } from "./workspace/turbo.mjs";

const { node: otherNodes = [] } = parseArgs({ options: { node: { type: "string", multiple: true } } }).values;

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} folder - all temporary files go here
 */
async function checkAll(env, folder) {
  const names = workspacePackages().filter(({ manifest }) => manifest.private !== true);
  mkdirSync(join(folder, "tarballs"));
  /** @type {Map<string, string>} */
  const tarballs = new Map();
  for (const each of names) tarballs.set(each.manifest.name, await pack(each, join(folder, "tarballs"), env));
  const nodes = [process.execPath];
  for (const version of otherNodes) nodes.push(await fetchNode(version, join(folder, `node-${version}`), env));

  /** @param {string} name */
  const check = async (name) => {
    const project = join(folder, "alone", name);
    await installAlone(project, name, tarballs, env);
    const closure = measureClosure(project);
    const problems = [closureProblem(name, closure)];
    for (const node of nodes) problems.push(await loadProblem(node, project, name));
    const found = problems.filter((problem) => problem !== undefined);
    return { closure, ok: found.length === 0, output: found.join("\n") };
  };
  /** @type {string[]} */
  const table = [];
  const outcomes = await runSteps(
    [...tarballs.keys()].map((name) => ({
      name,
      run: async () => {
        const { closure, ...result } = await check(name);
        const size = `${String(closure.packages).padStart(3)} packages ${closure.megabytes.toFixed(2).padStart(6)} MB`;
        table.push(`${name.padEnd(36)} ${size}`);
        return result;
      },
    })),
    { atOnce: 2, print: console.log },
  );
  console.log(["", "installed alone, itself included:", ...table.sort()].join("\n"));
  return outcomes.every(({ ok }) => ok);
}

await runMain(async () => {
  const env = await setUp();
  await build(env, "./packages/*");
  const folder = mkdtempSync(join(tmpdir(), "stationkit-entrypoints-"));
  try {
    if (!(await checkAll(env, folder))) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

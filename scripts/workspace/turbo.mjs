import { run } from "./run.mjs";
import { SetUpError } from "./set-up-error.mjs";

/**
 * Runs turbo tasks, two at a time as the smallest machine has two cores. Goes on after a failing task and prints failing ones only.
 * @param {NodeJS.ProcessEnv} env - from `setUp`
 * @param {readonly string[]} tasks
 * @param {object} [options]
 * @param {string} [options.filter] - default: all packages
 * @param {number} [options.timeoutMs]
 */
export function turbo(env, tasks, { filter, timeoutMs } = {}) {
  const args = ["run", ...tasks, "--concurrency=2", "--continue=dependencies-successful"];
  if (filter !== undefined) args.push(`--filter=${filter}`);
  return run("turbo", [...args, "--output-logs=errors-only", "--log-order=grouped"], { env, timeoutMs });
}

/**
 * Builds what a command needs before it can go on.
 * @param {NodeJS.ProcessEnv} env - from `setUp`
 * @param {string} filter
 */
export async function build(env, filter) {
  const { ok, output } = await turbo(env, ["build"], { filter });
  if (!ok) throw new SetUpError("the build failed", output, ["Repair what it says, then run the same command again."]);
}

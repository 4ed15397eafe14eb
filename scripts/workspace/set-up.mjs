import { join } from "node:path";
import { installDependencies } from "./install.mjs";
import { root } from "./packages.mjs";
import { withPnpm } from "./pnpm.mjs";
import { withPath } from "./run.mjs";
import { SetUpError } from "./set-up-error.mjs";

/**
 * One line about something that takes a while. To stderr: stdout belongs to the command that is being set up.
 * @param {string} line
 */
export function note(line) {
  console.error(`stationkit: ${line}`);
}

/**
 * Makes a fresh clone ready: the right pnpm, then the dependencies. Does and says nothing where all is there already.
 * @returns {Promise<NodeJS.ProcessEnv>} the environment for every child: with pnpm and the workspace's tools in PATH
 */
export async function setUp() {
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
    // Part of the hash of turbo's task "test": a result of one Node version says nothing about another.
    STATIONKIT_NODE_VERSION: process.versions.node,
  };
  // `npm start --silent` is about npm's own header; inherited, it would also silence the reason of a failing pnpm install.
  delete env["npm_config_loglevel"];
  const withTools = withPath(await withPnpm(env, note), [join(root, "node_modules/.bin")]);
  await installDependencies(withTools, note);
  return withTools;
}

/**
 * Runs a command's main function; a failing set-up becomes an explanation instead of a stack trace.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    console.error(error.output.trimEnd());
    note(`${error.message} (see above)`);
    for (const line of error.howToGoOn) note(line);
    process.exitCode = 1;
  }
}

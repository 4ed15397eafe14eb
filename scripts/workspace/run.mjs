import { spawn } from "node:child_process";
import { delimiter } from "node:path";
import { root } from "./packages.mjs";

/**
 * @typedef {object} Finished
 * @property {boolean} ok
 * @property {string} output - stdout and stderr as they came, one after the other
 *
 * @typedef {object} RunOptions
 * @property {string} [cwd] - default: the workspace root
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number | undefined} [timeoutMs]
 */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

// A test that leaks a server leaks our pipes with it: "close" would then wait for that server for ever.
const drainMs = 2_000;

/**
 * Runs a command to its end and never throws. Its stdin is empty: what is piped into `npm start` belongs to the demo.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Finished>}
 */
export function run(command, args, { cwd = root, env = process.env, timeoutMs } = {}) {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: timeoutMs });
    running.add(child);
    /** @param {boolean} ok */
    const finish = (ok) => {
      running.delete(child);
      resolve({ ok, output });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => (output += text));
    }
    child.on("error", (error) => {
      output += `${command}: ${error.message}\n`;
      finish(false);
    });
    child.on("exit", (code, signal) => {
      if (signal !== null) output += `${command} was ended by ${signal}${timeoutNote(child.killed, timeoutMs)}\n`;
      const drained = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, drainMs);
      child.on("close", () => {
        clearTimeout(drained);
        finish(code === 0);
      });
    });
  });
}

/**
 * @param {boolean} killedByUs
 * @param {number | undefined} timeoutMs
 */
function timeoutNote(killedByUs, timeoutMs) {
  return killedByUs && timeoutMs !== undefined ? ` after its limit of ${timeoutMs / 1000} s` : "";
}

/** Hands SIGINT and SIGTERM on to everything that `run` has started, then ends. Not for `npm start`: there the demo answers signals. */
export function stopChildrenOnSignal() {
  for (const [signal, status] of /** @type {const} */ ([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])) {
    process.once(signal, () => {
      for (const child of running) child.kill(signal);
      process.exit(status);
    });
  }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} folders - looked in before all others
 * @returns {NodeJS.ProcessEnv}
 */
export function withPath(env, folders) {
  return { ...env, PATH: [...folders, env["PATH"] ?? ""].join(delimiter) };
}

import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../../packages/test-kit/bundle.mjs";
import { root } from "../workspace/packages.mjs";

/** Packages that have scenarios, and the programs that these need beside the one that runs them. */
const packages = { producer: ["doomed-producer"], consumer: ["member"] };

/**
 * @typedef {import("../../packages/test-kit/src/scenario/messages.js").RunMessage} Message
 * @typedef {import("../../packages/test-kit/src/scenario/messages.js").ScenarioEntry} ScenarioEntry
 *
 * @typedef {object} Room - the scenarios of one package, ready to run
 * @property {Readonly<Record<string, string>>} programs
 * @property {readonly ScenarioEntry[]} scenarios
 * @property {() => void} close
 *
 * @typedef {object} Order - one run of one scenario
 * @property {ScenarioEntry} scenario
 * @property {number} count - messages
 * @property {number} seed
 * @property {string} version - of nats-server
 *
 * @typedef {object} Outcome
 * @property {Order} order
 * @property {Message} message
 * @property {string[]} problems - empty when every promise was kept
 * @property {number} seconds
 */

/**
 * Makes the programs of all scenarios anew, for plain Node.
 * @returns {Promise<readonly Room[]>}
 */
export async function openRooms() {
  const rooms = [];
  for (const [name, programs] of Object.entries(packages)) rooms.push(await openRoom(name, ["run-one", ...programs]));
  return rooms;
}

/**
 * @param {string} name - of a package
 * @param {readonly string[]} names - of its programs
 * @returns {Promise<Room>}
 */
async function openRoom(name, names) {
  const home = join(root, "packages", name);
  // Where nothing is committed or published.
  const folder = mkdtempSync(join(home, "node_modules/faults-"));
  const close = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    /** @type {Record<string, string>} */
    const entries = {};
    for (const program of names) entries[program] = join(home, "test/faults", `${program}.ts`);
    const programs = await bundle(entries, folder);
    return { programs, scenarios: await listScenarios(programs), close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * @param {Readonly<Record<string, string>>} programs
 * @returns {Promise<readonly ScenarioEntry[]>}
 */
async function listScenarios(programs) {
  const { message } = await start(programs, { timeoutMs: 60_000 });
  if (message?.type !== "list") throw new Error("the programs do not know their scenarios");
  return message.scenarios;
}

/**
 * Runs one scenario in a process of its own, in which a promise that is rejected unheard is fatal.
 * @param {Readonly<Record<string, string>>} programs
 * @param {Order} order
 * @param {number} timeoutMs
 * @returns {Promise<Outcome>}
 */
export async function runOrder(programs, order, timeoutMs) {
  const { scenario, count, seed, version } = order;
  const startedAt = performance.now();
  const { message, end } = await start(programs, {
    args: [JSON.stringify({ name: scenario.name, count, seed, version, programs })],
    // Source maps take memory, which the long scenarios measure.
    nodeOptions: [...(scenario.group === "soak" ? [] : ["--enable-source-maps"]), ...scenario.nodeOptions],
    timeoutMs,
  });
  const problems = message?.type === "report" ? [...message.report.broken] : [];
  if (end !== "code 0") problems.push(`its process ended with ${end}`);
  else if (message === undefined) problems.push("its process ended without a report");
  return {
    order,
    problems,
    message: message ?? { type: "skipped", reason: "no report" },
    seconds: (performance.now() - startedAt) / 1_000,
  };
}

/**
 * @param {Readonly<Record<string, string>>} programs
 * @param {{ args?: string[], nodeOptions?: readonly string[], timeoutMs: number }} options
 * @returns {Promise<{ message: Message | undefined, end: string }>}
 */
function start(programs, { args = [], nodeOptions = [], timeoutMs }) {
  return new Promise((resolve) => {
    const child = fork(programs["run-one"] ?? "", args, {
      execArgv: ["--unhandled-rejections=strict", ...nodeOptions],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    /** @type {Message | undefined} */
    let message;
    child.on("message", (received) => {
      message = /** @type {Message} */ (received);
    });
    child.on("exit", (code, signal) => {
      resolve({ message, end: signal === null ? `code ${code}` : `${signal}, after ${timeoutMs / 1_000} s at most` });
    });
  });
}

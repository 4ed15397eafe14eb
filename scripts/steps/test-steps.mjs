import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root, workspacePackages } from "../workspace/packages.mjs";
import { run } from "../workspace/run.mjs";
import { turbo } from "../workspace/turbo.mjs";
import { countTap } from "./counts.mjs";
import { readReports } from "./reports.mjs";

/** The oldest nats-server line that is supported. The other end is whatever line embedded-nats takes when it is not told. */
const oldestServer = "2.10";

// Only those that write to JetStream: they are the ones that know newer features and must do without them.
const onOldestServer = ["packages/producer", "packages/consumer", "packages/station-admin", "packages/core-protocol"];

/** Two run at a time: one that works beside one that waits for clocks and servers, the longest first, so that no processor is idle. */
const startOrder = [
  "apps/bench",
  "packages/consumer",
  "packages/producer",
  "packages/memphis-bridge",
  "apps/demo",
  "packages/memphis-compat",
];

/**
 * What runs against a Memphis control plane as well, which our bridge serves: the suites that say how stations, producers and consumers
 * behave. Not those that need servers with logins, kill servers, or are about JetStream's own ways of administration. From here and
 * not as tests of a package, since the bridge depends on what is tested.
 */
const onMemphis = {
  "packages/consumer": ["consume", "groups", "life"],
  "packages/station-admin": ["stations", "concurrent-creation", "watch"],
  "packages/producer": ["produce", "streams", "window"],
};
const bridge = join(root, "packages/memphis-bridge/src/index.ts");

// Far above what any step takes: a step that hangs is ended and reported instead of holding CI for its whole limit.
const timeoutMs = 480_000;

/**
 * @typedef {import("./run-steps.mjs").Step} Step
 *
 * @typedef {object} Stage - steps that may run beside each other
 * @property {string} group - what `npm test -- <group>` and the jobs of CI call it
 * @property {number} atOnce
 * @property {Step[]} [first] - what its steps need; one after the other, before any of them
 * @property {Step[]} steps
 * @property {boolean} [joinsPrevious] - its steps go on where those of the group before leave a processor free
 */

/**
 * @param {readonly Stage[]} stages
 * @returns {Required<Pick<Stage, "first" | "steps" | "atOnce">>[]}
 */
export function joinStages(stages) {
  /** @type {ReturnType<typeof joinStages>} */
  const joined = [];
  for (const { atOnce, first = [], steps, joinsPrevious = false } of stages) {
    const previous = joinsPrevious ? joined.at(-1) : undefined;
    if (previous === undefined) {
      joined.push({ atOnce, first: [...first], steps: [...steps] });
      continue;
    }
    previous.first.push(...first.filter(({ name }) => previous.first.every((other) => other.name !== name)));
    previous.steps.push(...steps);
  }
  return joined;
}

/**
 * All that `npm test` does, in order. Two at once at most, for two cores. Nothing that reads `dist` stands beside turbo, which
 * writes it anew when it replays a build.
 * @param {NodeJS.ProcessEnv} env - from `setUp`
 * @returns {Stage[]}
 */
export function testStages(env) {
  /**
   * @param {string} name
   * @param {string} command
   * @param {string[]} args
   * @returns {Step}
   */
  const tool = (name, command, ...args) => ({ name, run: () => run(command, args, { env, timeoutMs }) });
  /**
   * @param {string} name
   * @param {string[]} tasks
   * @returns {Step}
   */
  const task = (name, ...tasks) => ({ name, run: () => turbo(env, tasks, { timeoutMs }) });

  /** @param {string} line */
  const server = (line) => tool(`nats-server binary, ${line}`, "node", "scripts/fetch-servers.mjs", line);

  return [
    {
      group: "static",
      atOnce: 2,
      steps: [
        task("lint", "//#lint"),
        task("format", "//#format:check"),
        task("layers", "//#check:layers"),
        task("unused code and dependencies", "//#check:unused"),
        { name: "scripts' own tests", run: () => scriptTests(env) },
      ],
    },
    {
      group: "typecheck",
      atOnce: 2,
      joinsPrevious: true,
      steps: [task("types", "//#typecheck")],
    },
    {
      group: "build",
      atOnce: 1,
      steps: [
        task("build, pack checks", "build", "check:pack"),
        tool("entry points of packed packages", "node", "scripts/check-entrypoints.mjs"),
      ],
    },
    { group: "unit", atOnce: 1, steps: [{ name: "unit tests", run: () => unitTests(env) }] },
    {
      group: "integration",
      atOnce: 2,
      first: [server("newest")],
      steps: integrated().map((path) => integrationTests(env, path)),
    },
    {
      group: "integration-oldest",
      atOnce: 2,
      joinsPrevious: true,
      first: [server(oldestServer)],
      steps: onOldestServer.map((path) =>
        integrationTests({ ...env, NATS_EMBEDDED_VERSION: oldestServer }, path, { on: `nats-${oldestServer}` }),
      ),
    },
    {
      group: "integration-memphis",
      atOnce: 2,
      joinsPrevious: true,
      first: [server("newest")],
      steps: Object.entries(onMemphis).map(([path, suites]) =>
        integrationTests({ ...env, STATIONKIT_BRIDGE: bridge }, path, { on: "memphis", suites }),
      ),
    },
  ];
}

/** Packages with integration tests, in the order in which they begin. */
function integrated() {
  /** @param {string} path */
  const rank = (path) => (startOrder.includes(path) ? startOrder.indexOf(path) : startOrder.length);
  return workspacePackages()
    .filter(({ manifest }) => manifest.scripts?.["test:integration"] !== undefined)
    .map(({ path }) => path)
    .sort((a, b) => rank(a) - rank(b));
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} path - of the package
 * @param {object} [options]
 * @param {string} [options.on] - names a pass that is not the one on the newest nats-server
 * @param {readonly string[]} [options.suites] - default: all
 * @returns {Step}
 */
function integrationTests(env, path, { on, suites = [] } = {}) {
  const script = "test:integration";
  const files = suites.map((suite) => `test/${suite}.test.ts`);
  const reporting = on === undefined ? env : { ...env, STATIONKIT_REPORT: on };
  return {
    name: `integration, ${path}${on === undefined ? "" : ` on ${on}`}`,
    run: async () => {
      const cwd = join(root, path);
      const finished = await run("npm", ["run", script, "--", ...files], { cwd, env: reporting, timeoutMs });
      return withReports(finished, readReports(script, { suffix: on, only: path }));
    },
  };
}

/** @param {NodeJS.ProcessEnv} env */
async function unitTests(env) {
  return withReports(await turbo(env, ["test"], { timeoutMs }), readReports("test"));
}

/**
 * @param {import("../workspace/run.mjs").Finished} finished
 * @param {ReturnType<typeof readReports>} reports
 * @returns {import("./run-steps.mjs").StepResult}
 */
function withReports({ ok, output }, { counts, missing, failures }) {
  return { ok: ok && missing.length === 0, output: [output, ...missing].join("\n"), counts, failures };
}

/** @param {NodeJS.ProcessEnv} env */
async function scriptTests(env) {
  const files = readdirSync(join(root, "scripts"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.mjs"))
    .map((file) => join("scripts", file));
  const reports = join(root, ".reports");
  mkdirSync(reports, { recursive: true });
  const tap = join(reports, "scripts.tap");
  const forPeople = ["--test-reporter=spec", "--test-reporter-destination=stdout"];
  const forCounting = ["--test-reporter=tap", `--test-reporter-destination=${tap}`];
  const args = ["--test", ...forPeople, ...forCounting, ...files];
  const { ok, output } = await run("node", args, { env, timeoutMs });
  return { ok, output, counts: countTap(readFileSync(tap, "utf8")) };
}

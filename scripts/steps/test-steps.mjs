import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../workspace/packages.mjs";
import { run } from "../workspace/run.mjs";
import { turbo } from "../workspace/turbo.mjs";
import { countTap } from "./counts.mjs";
import { readReports } from "./reports.mjs";

/** The oldest nats-server line that is supported. The other end is whatever line embedded-nats takes when it is not told. */
const oldestServer = "2.10";

// Only those that write to JetStream: they are the ones that know newer features and must do without them.
const packagesOnOldestServer = [
  "@stationkit/core-protocol",
  "@stationkit/station-admin",
  "@stationkit/producer",
  "@stationkit/consumer",
];

/**
 * What runs against a Memphis control plane as well, which our bridge serves: the suites that say how stations, producers and consumers
 * behave. Not those that need servers with logins, kill servers, or are about JetStream's own ways of administration. From here and
 * not as tests of a package, since the bridge depends on what is tested.
 */
const onMemphis = {
  "packages/station-admin": ["stations", "concurrent-creation", "watch"],
  "packages/producer": ["produce", "streams", "window"],
  "packages/consumer": ["consume", "groups", "life"],
};
const bridge = join(root, "packages/memphis-bridge/src/index.ts");

// Far above what any step takes: a step that hangs is ended and reported instead of holding CI for its whole limit.
const staticLimitMs = 480_000;
const testLimitMs = 900_000;

/**
 * @typedef {import("./run-steps.mjs").Step} Step
 *
 * @typedef {object} Stage - steps that may run beside each other
 * @property {string} group - what `npm test -- <group>` and the jobs of CI call it
 * @property {number} atOnce
 * @property {Step[]} steps
 * @property {boolean} [joinsPrevious] - its steps go on where those of the group before leave a processor free
 */

/**
 * @param {readonly Stage[]} stages
 * @returns {Stage[]}
 */
export function joinStages(stages) {
  /** @type {Stage[]} */
  const joined = [];
  for (const stage of stages) {
    const previous = joined.at(-1);
    if (previous === undefined || stage.joinsPrevious !== true) joined.push({ ...stage, steps: [...stage.steps] });
    else previous.steps.push(...stage.steps);
  }
  return joined;
}

/**
 * All that `npm test` does, in order. Two at once at most, for two cores. Nothing that reads `dist` stands beside turbo, which
 * writes it anew when it replays a build. Tests that talk to a real server wait more than they work: two packages at once.
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
  const tool = (name, command, ...args) => ({ name, run: () => run(command, args, { env, timeoutMs: staticLimitMs }) });
  /**
   * @param {string} name
   * @param {string[]} tasks
   * @returns {Step}
   */
  const task = (name, ...tasks) => ({ name, run: () => turbo(env, tasks, { timeoutMs: staticLimitMs }) });

  return [
    {
      group: "static",
      atOnce: 2,
      steps: [
        tool("lint", "eslint", ".", "--max-warnings=0"),
        tool("format", "prettier", "--check", "."),
        tool("layers", "node", "scripts/check-layers.mjs"),
        tool("unused code and dependencies", "knip"),
        { name: "scripts' own tests", run: () => scriptTests(env) },
      ],
    },
    {
      group: "typecheck",
      atOnce: 2,
      joinsPrevious: true,
      steps: [tool("types", "tsc", "-p", "tsconfig.json")],
    },
    {
      group: "build",
      atOnce: 1,
      steps: [
        task("build, pack checks", "build", "check:pack"),
        tool("entry points of packed packages", "node", "scripts/check-entrypoints.mjs"),
      ],
    },
    { group: "unit", atOnce: 1, steps: [{ name: "unit tests", run: () => vitest(env, "test", { concurrency: 2 }) }] },
    {
      group: "integration",
      atOnce: 1,
      steps: [
        tool("nats-server binary", "node", "scripts/fetch-servers.mjs", "newest"),
        { name: "integration tests", run: () => vitest(env, "test:integration", { concurrency: 2 }) },
      ],
    },
    {
      group: "integration-oldest",
      atOnce: 1,
      steps: [
        tool(`nats-server ${oldestServer} binary`, "node", "scripts/fetch-servers.mjs", oldestServer),
        {
          name: `integration tests (nats-server ${oldestServer})`,
          run: () =>
            vitest({ ...env, NATS_EMBEDDED_VERSION: oldestServer }, "test:integration", {
              concurrency: 2,
              only: packagesOnOldestServer,
              suffix: `nats-${oldestServer}`,
            }),
        },
      ],
    },
    {
      group: "integration-memphis",
      atOnce: 2,
      steps: [
        tool("nats-server binary", "node", "scripts/fetch-servers.mjs", "newest"),
        ...Object.entries(onMemphis).map(([path, suites]) => ({
          name: `integration tests of ${path} (Memphis control plane)`,
          run: () => vitestOnMemphis(env, path, suites),
        })),
      ],
    },
  ];
}

/**
 * The named suites of one package, each server with a bridge.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} path
 * @param {readonly string[]} suites
 */
async function vitestOnMemphis(env, path, suites) {
  const suffix = "memphis";
  const { ok, output } = await run(
    "npm",
    ["run", "test:integration", "--", ...suites.map((suite) => `test/${suite}.test.ts`)],
    {
      cwd: join(root, path),
      env: { ...env, STATIONKIT_BRIDGE: bridge, STATIONKIT_REPORT: suffix },
      timeoutMs: testLimitMs,
    },
  );
  const only = [`@stationkit/${basename(path)}`];
  const { counts, missing, failures } = readReports("test:integration", { suffix, only });
  return { ok: ok && missing.length === 0, output: [output, ...missing].join("\n"), counts, failures };
}

/**
 * One vitest run a package, then the sum of their reports.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} script
 * @param {{ concurrency: number, only?: readonly string[], suffix?: string }} options
 */
async function vitest(env, script, { concurrency, only, suffix }) {
  const { ok, output } = await turbo(suffix === undefined ? env : { ...env, STATIONKIT_REPORT: suffix }, [script], {
    concurrency,
    filters: only,
    timeoutMs: testLimitMs,
  });
  const { counts, missing, failures } = readReports(script, { suffix, only });
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
  const { ok, output } = await run("node", ["--test", ...forPeople, ...forCounting, ...files], {
    env,
    timeoutMs: staticLimitMs,
  });
  return { ok, output, counts: countTap(readFileSync(tap, "utf8")) };
}

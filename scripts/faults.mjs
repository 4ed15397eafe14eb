// npm run faults: every fault scenario of producer and consumer, each in a process of its own, on the oldest and the newest line of
// nats-server. `npm run soak` runs the long ones. Exit code 1 when a promise was broken.
import "./workspace/node-version.mjs";
import { parseArgs } from "node:util";
import { runMain, setUp } from "./workspace/set-up.mjs";

const SERVERS = ["2.10.27", "2.15.1"];
/** Far above what any scenario takes with the messages that it asks for. */
const LIMIT_MS = 15 * 60_000;

const USAGE = `npm run faults -- [options]
  --scenario <name>   only this one; may be repeated
  --group <name>      only these; may be repeated. Without both: all but the group "soak"
  --count <n>         messages; without it each scenario's own number
  --seed <n>          replays what a run with this seed did
  --server <version>  line of nats-server; may be repeated. Default: ${SERVERS.join(" and ")}
  --help`;

const values = readArguments();

function readArguments() {
  try {
    return parseArgs({
      options: {
        scenario: { type: "string", multiple: true },
        group: { type: "string", multiple: true },
        count: { type: "string" },
        seed: { type: "string" },
        server: { type: "string", multiple: true, default: SERVERS },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

/**
 * @param {string} name
 * @param {string | undefined} text
 */
function parseCount(name, text) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`--${name} takes a number, not ${text}`);
  return value;
}

/** @param {import("./faults/campaign.mjs").ScenarioEntry} scenario */
function isWanted({ name, group }) {
  if (values.scenario !== undefined) return values.scenario.includes(name);
  return values.group?.includes(group) ?? group !== "soak";
}

/** @param {readonly import("./faults/campaign.mjs").Room[]} rooms */
async function campaign(rooms) {
  const { runOrder } = await import("./faults/campaign.mjs");
  const { campaignTables, outcomeLine } = await import("./faults/print-outcome.mjs");
  const [count, seed] = [parseCount("count", values.count), parseCount("seed", values.seed)];
  const all = rooms.flatMap(({ scenarios }) => scenarios);
  const unknown = [
    ...(values.scenario ?? []).filter((wanted) => !all.some(({ name }) => name === wanted)),
    ...(values.group ?? []).filter((wanted) => !all.some(({ group }) => group === wanted)),
  ];
  if (unknown.length > 0) {
    const list = all.map(({ name, group, title }) => `  ${name.padEnd(26)} ${group.padEnd(9)} ${title}`);
    console.error([`no scenario or group is called ${unknown.join(", ")}; there are`, ...list].join("\n"));
    process.exitCode = 2;
    return;
  }
  const outcomes = [];
  for (const version of values.server) {
    for (const { programs, scenarios } of rooms) {
      for (const scenario of scenarios.filter(isWanted)) {
        const order = {
          ...{ scenario, version, count: count ?? scenario.defaultCount },
          seed: seed ?? Math.floor(Math.random() * 0x7fff_ffff),
        };
        const outcome = await runOrder(programs, order, LIMIT_MS);
        console.log(outcomeLine(outcome));
        outcomes.push(outcome);
      }
    }
  }
  const broken = outcomes.filter(({ problems }) => problems.length > 0);
  console.log(`\n${campaignTables(outcomes)}\n${outcomes.length} runs, ${broken.length} with a broken promise`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}

if (values.help) {
  console.log(USAGE);
  process.exit();
}

await runMain(async () => {
  await setUp();
  // Not before the set-up: it uses what that installs.
  const { openRooms } = await import("./faults/campaign.mjs");
  const rooms = await openRooms();
  try {
    await campaign(rooms);
  } finally {
    for (const room of rooms) room.close();
  }
});

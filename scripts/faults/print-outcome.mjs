import Table from "cli-table3";

/**
 * @typedef {import("./campaign.mjs").Outcome} Outcome
 * @typedef {import("../../packages/test-kit/src/checker/reading.js").Reading & import("../../packages/test-kit/src/checker/verdict.js").Promised} Read
 * @typedef {import("../../packages/test-kit/src/checker/verdict.js").Verdict & import("../../packages/test-kit/src/checker/verdict.js").Promised} Judged
 */

const head = ["scenario", "server", "seed", "messages", "acked", "failed", "unknown"];
const defects = /** @type {const} */ (["lost", "duplicated", "silent", "wronglyDenied", "reorderedInPartition"]);
const defectHead = ["lost", "doubled", "silent", "denied", "reordered"];

const readHead = ["scenario", "group", "server", "seed", "messages", "received", "again", "missing", "unexpected"];
const readOrderHead = ["out of order", "of a key"];

/** @param {number} value */
function format(value) {
  return value.toLocaleString("en-US");
}

/**
 * One line, and below it what was broken.
 * @param {Outcome} outcome
 * @returns {string}
 */
export function outcomeLine({ order: { scenario, seed, version }, message, problems, seconds }) {
  const start = `${scenario.name} (nats-server ${version}, seed ${seed})`;
  if (message.type === "skipped" && problems.length === 0) return `skip  ${start}: ${message.reason}`;
  const { figures = {} } = message.type === "report" ? message.report : {};
  const told = Object.entries(figures).map(([name, value]) => `${name} ${format(value)}`);
  const line = `${problems.length === 0 ? "ok   " : "BROKEN"} ${start}: ${[...told, `${seconds.toFixed(1)} s`].join(", ")}`;
  return [line, ...problems.map((problem) => `      ${problem}`)].join("\n");
}

/**
 * Every verdict of a campaign: what became of what was produced, and what groups were handed. A number of reordered messages in
 * brackets: order is not promised there.
 * @param {readonly Outcome[]} outcomes
 * @returns {string}
 */
export function campaignTables(outcomes) {
  const tables = [producedTable(outcomes), readTable(outcomes)];
  return tables
    .filter((table) => table.length > 0)
    .map(String)
    .join("\n");
}

/**
 * @param {readonly string[]} columns
 * @param {number} texts - so many of the first are not numbers
 */
function createTable(columns, texts) {
  return new Table({
    head: [...columns],
    colAligns: columns.map((_, i) => (i < texts ? "left" : "right")),
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
}

/** @param {readonly Outcome[]} outcomes */
function readTable(outcomes) {
  const table = createTable([...readHead, ...readOrderHead], 3);
  for (const { order, message } of outcomes) {
    if (message.type !== "report") continue;
    for (const [group, reading] of Object.entries(message.report.readings)) {
      table.push([order.scenario.name, group, order.version, order.seed, ...readNumbers(reading)]);
    }
  }
  return table;
}

/** @param {Read} reading */
function readNumbers(reading) {
  const { messages, received, redeliveries, missing, unexpected, order } = reading;
  const late = [reading.reorderedInPartition, reading.reorderedByKey].map(({ count }) => format(count));
  return [
    ...[messages, received, redeliveries, missing.count, unexpected.count].map(format),
    ...late.map((count) => (order ? count : `(${count})`)),
  ];
}

/** @param {readonly Outcome[]} outcomes */
function producedTable(outcomes) {
  const table = createTable([...head, ...defectHead], 2);
  for (const { order, message } of outcomes) {
    if (message.type !== "report") continue;
    for (const [name, verdict] of Object.entries(message.report.verdicts)) {
      const title = name === "s" ? order.scenario.name : `${order.scenario.name} ${name}`;
      table.push([title, order.version, order.seed, ...numbers(verdict)]);
    }
  }
  return table;
}

/** @param {Judged} verdict */
function numbers(verdict) {
  const { attempted, acknowledged, notSent, rejected, unknown, order } = verdict;
  const counts = [attempted, acknowledged, notSent + rejected, unknown].map(format);
  return [
    ...counts,
    ...defects.map((kind) => {
      const count = format(verdict.defects[kind].count);
      return kind === "reorderedInPartition" && !order ? `(${count})` : count;
    }),
  ];
}

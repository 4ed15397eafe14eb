// npm test: everything, from a fresh clone. Goes on after a failing step, so that one run shows all failures; the last line is
// "N passed, N failed". `npm test -- static unit` runs the named groups of steps only.
import "./workspace/node-version.mjs";
import { parseArgs } from "node:util";
import { sum, summaryLine } from "./steps/counts.mjs";
import { removeReports } from "./steps/reports.mjs";
import { failureLines, runSteps } from "./steps/run-steps.mjs";
import { joinStages, testStages } from "./steps/test-steps.mjs";
import { stopChildrenOnSignal } from "./workspace/run.mjs";
import { runMain, setUp } from "./workspace/set-up.mjs";

const { positionals: wanted } = parseArgs({ allowPositionals: true });

await runMain(async () => {
  stopChildrenOnSignal();
  const env = await setUp();
  // vitest colours its output wherever CI is set; in a log that is read as text the codes hide the message.
  const stages = testStages(process.stdout.isTTY ? env : { NO_COLOR: "1", ...env });
  const groups = stages.map(({ group }) => group);
  if (!wanted.every((group) => groups.includes(group))) {
    console.error(`the groups of steps are: ${groups.join(", ")}`);
    process.exitCode = 2;
    return;
  }
  removeReports();
  const outcomes = [];
  const chosen = stages.filter(({ group }) => wanted.length === 0 || wanted.includes(group));
  for (const { first, steps, atOnce } of joinStages(chosen)) {
    outcomes.push(...(await runSteps(first, { atOnce: 1, print: console.log })));
    outcomes.push(...(await runSteps(steps, { atOnce, print: console.log })));
  }
  const counts = sum(outcomes.map((outcome) => outcome.counts));
  const failed = outcomes.filter(({ ok }) => !ok);
  if (failed.length > 0) console.log(["", "Failed:", ...failed.map(failureLines)].join("\n"));
  console.log(`\n${outcomes.length} steps in ${(performance.now() / 1000) | 0} s\n${summaryLine(counts)}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
});

import { findBinary } from "@stationkit/embedded-nats";
import type { RunMessage, RunOrder } from "./messages.js";
import { runScenario } from "./run-scenario.js";
import type { Scenario } from "./scenario.js";

/**
 * The whole of a program that a campaign starts: runs one scenario in this process and sends its report to the parent. Its argument is a
 * `RunOrder` as JSON; without one it sends the list of scenarios.
 */
export async function serveScenarios(scenarios: readonly Scenario[]): Promise<void> {
  const [order] = process.argv.slice(2);
  const message = order === undefined ? list(scenarios) : await run(scenarios, JSON.parse(order) as RunOrder);
  process.send?.(message, () => {
    process.disconnect();
    // After a defect there may be something that goes on for ever. Otherwise the process has to end by itself.
    if (message.type === "report" && message.report.broken.length > 0) process.exit();
  });
}

async function run(
  scenarios: readonly Scenario[],
  { name, count, seed, version, programs }: RunOrder,
): Promise<RunMessage> {
  const scenario = scenarios.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`no scenario is called ${name}`);
  const found = await findBinary({ version });
  const reason = scenario.unfit?.(found.version);
  if (reason !== undefined) return { type: "skipped", reason };
  const report = await runScenario(scenario, {
    ...{ count, seed, version, isShort: false, print },
    program: (program) => programs[program] ?? "",
  });
  return { type: "report", report };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function list(scenarios: readonly Scenario[]): RunMessage {
  return {
    type: "list",
    scenarios: scenarios.map(({ name, title, group, defaultCount = 100_000, nodeOptions = [] }) => ({
      ...{ name, title, group, defaultCount, nodeOptions },
    })),
  };
}

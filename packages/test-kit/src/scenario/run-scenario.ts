import { createRandom } from "../random.js";
import { Findings, type Report } from "./report.js";
import type { Scenario, ScenarioContext } from "./scenario.js";

/** How to run a scenario. */
export interface RunOptions extends Pick<ScenarioContext, "count" | "version" | "isShort" | "program" | "cluster"> {
  readonly seed: number;
  /** Gets the line that says how to run it again, before anything happens. */
  readonly print: (line: string) => void;
}

/** Runs a scenario to its end. Never rejects: what it throws is among the broken promises, and what was found before stays. */
export async function runScenario(scenario: Scenario, { seed, print, ...rest }: RunOptions): Promise<Report> {
  const findings = new Findings();
  const server = rest.version === undefined ? "" : ` --server ${rest.version}`;
  print(`npm run faults -- --scenario ${scenario.name} --count ${rest.count} --seed ${seed}${server}`);
  try {
    await scenario.run({ ...rest, random: createRandom(seed), findings });
  } catch (error) {
    findings.expect(
      false,
      `runs to its end; ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
  return findings.report();
}

import { join } from "node:path";
import type { NatsCluster } from "@stationkit/embedded-nats";
import { runScenario, type Scenario } from "@stationkit/test-kit";
import { bundle } from "@stationkit/test-kit/bundle";
import { expect } from "vitest";

const faults = join(import.meta.dirname, "../faults");
/** Inside the package, where nothing of it is committed or published. */
const programs = join(import.meta.dirname, "../../node_modules/.faults");

/** The short form of a scenario: the same faults as in a campaign, fewer of them, always with the same seed. */
export async function expectPromisesKept(
  scenario: Scenario,
  { count, cluster }: { readonly count: number; readonly cluster?: NatsCluster },
): Promise<void> {
  let replay = "";
  const { broken, verdicts } = await runScenario(scenario, {
    seed: 1,
    count,
    version: undefined,
    isShort: true,
    ...(cluster === undefined ? {} : { cluster }),
    program: async (name) => (await bundle({ [name]: join(faults, `${name}.ts`) }, programs))[name] ?? "",
    print: (line) => (replay = line),
  });
  expect(broken, [replay, ...broken].join("\n")).toEqual([]);
  // A scenario that judged nothing, or too little, has shown nothing.
  expect(Object.keys(verdicts)).not.toEqual([]);
  for (const { attempted } of Object.values(verdicts)) expect(attempted).toBeGreaterThanOrEqual(count);
}

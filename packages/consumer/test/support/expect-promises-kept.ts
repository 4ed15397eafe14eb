import { join } from "node:path";
import type { NatsCluster } from "@stationkit/embedded-nats";
import { runScenario, type Scenario } from "@stationkit/test-kit";
import { bundle } from "@stationkit/test-kit/bundle";
import { expect } from "vitest";

const faults = join(import.meta.dirname, "../faults");
/** Inside the package, where nothing of it is committed or published. */
const folder = join(import.meta.dirname, "../../node_modules/.faults");
const programs = new Map<string, Promise<Readonly<Record<string, string>>>>();

/** Made once for all tests of a file. */
async function program(name: string): Promise<string> {
  const made = programs.get(name) ?? bundle({ [name]: join(faults, `${name}.ts`) }, folder);
  programs.set(name, made);
  return (await made)[name] ?? "";
}

/** The short form of a scenario: the same faults as in a campaign, fewer of them, always with the same seed. */
export async function expectPromisesKept(
  scenario: Scenario,
  { count, cluster }: { readonly count: number; readonly cluster?: NatsCluster },
): Promise<void> {
  let replay = "";
  const { broken, readings } = await runScenario(scenario, {
    seed: 1,
    count,
    version: undefined,
    isShort: true,
    ...(cluster === undefined ? {} : { cluster }),
    program,
    print: (line) => (replay = line),
  });
  expect(broken, [replay, ...broken].join("\n")).toEqual([]);
  // A scenario in which nobody read anything has shown nothing.
  expect(Object.keys(readings)).not.toEqual([]);
  for (const { received } of Object.values(readings)) expect(received).toBeGreaterThan(0);
}

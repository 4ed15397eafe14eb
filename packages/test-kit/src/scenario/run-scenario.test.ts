import { describe, expect, it } from "vitest";
import { Audit } from "../checker/audit.js";
import { Ledger } from "../checker/ledger.js";
import { runScenario, type RunOptions } from "./run-scenario.js";
import type { Scenario } from "./scenario.js";

const lines: string[] = [];
const options: RunOptions = {
  seed: 7,
  count: 10,
  version: "2.10.27",
  isShort: true,
  program: () => "",
  print: (line) => lines.push(line),
};

function scenario(run: Scenario["run"]): Scenario {
  return { name: "planted", title: "a planted defect", group: "server", run };
}

describe("running a scenario", () => {
  it("says before anything else how to run it again", async () => {
    lines.length = 0;
    await runScenario(
      scenario(() => {
        expect(lines).toEqual(["npm run faults -- --scenario planted --count 10 --seed 7 --server 2.10.27"]);
        return Promise.resolve();
      }),
      options,
    ).then(({ broken }) => {
      expect(broken).toEqual([]);
    });
  });

  it("gives the same choices for the same seed", async () => {
    const drawn: number[] = [];
    const draw = scenario(({ random }) => {
      drawn.push(random.between(0, 1_000_000));
      return Promise.resolve();
    });
    await runScenario(draw, options);
    await runScenario(draw, options);
    expect(drawn[0]).toBe(drawn[1]);
  });

  it("reports what it judged, what it expected in vain, and what it threw", async () => {
    const { broken, figures, verdicts } = await runScenario(
      scenario(({ findings }) => {
        const ledger = new Ledger();
        ledger.attempt();
        findings.judge("orders", new Audit(ledger).verdict(), { order: true });
        findings.figure("disconnects", 2);
        findings.expect(true, "holds");
        findings.expect(false, "the connection was lost");
        throw new Error("no server");
      }),
      options,
    );
    expect(broken).toEqual([
      "orders: silent: 1 (0)",
      "not so: the connection was lost",
      expect.stringContaining("no server"),
    ]);
    expect(figures).toEqual({ disconnects: 2 });
    expect(verdicts["orders"]?.attempted).toBe(1);
  });
});

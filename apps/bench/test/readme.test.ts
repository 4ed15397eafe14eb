import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { CONTENDER_NAMES } from "../src/contender/catalog.js";
import { TARGETS } from "../src/report/targets.js";
import { bench, mainFile, repository } from "./support/paths.js";

// Later options win. Enough messages that the servers' time, which Linux counts in 1/100 s, is never 0.
const TINY = "--rounds 1 --messages 6000 --paced-ms 50";

const readme = readFileSync(join(bench, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? "");
const commands = blocks.flatMap((block) => block.trim().split("\n")).map((line) => line.replace(/ *#.*$/, ""));
const WHOLE = "npm run bench";

const out = mkdtempSync(join(tmpdir(), "stationkit-bench-"));
afterAll(() => {
  rmSync(out, { recursive: true });
});

/** Rejects unless the exit code is 0. */
async function run(command: string, ...options: string[]): Promise<string> {
  const shell = command.replace(/npm run bench( --)?/, `"${process.execPath}" "${mainFile}"`);
  expect(shell).not.toBe(command);
  const line = [shell, ...options].join(" ");
  const { stdout } = await promisify(execFile)("sh", ["-c", line], { cwd: repository });
  return stdout;
}

function readReport(extension: string): string {
  const [name, other] = readdirSync(out).filter((file) => file.endsWith(`.${extension}`));
  expect(other).toBeUndefined();
  return readFileSync(join(out, name!), "utf8");
}

interface Report {
  readonly cells: readonly {
    readonly cell: { readonly contender: string; readonly partitions: number };
    readonly title: string;
    readonly rounds: readonly (object | null)[];
  }[];
  readonly othersShare: number;
  readonly unavailable: readonly string[];
  readonly outcomes: readonly { readonly statement: string; readonly verdict: string }[];
}

/** Every value in it, however deep. */
function valuesIn(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(valuesIn) : [value];
}

describe.runIf(process.platform === "linux")("the commands of the README", () => {
  test(
    WHOLE,
    async () => {
      expect(commands).toContain(WHOLE);
      const printed = await run(WHOLE, TINY, "--size 128", `--out "${out}"`);
      const report = JSON.parse(readReport("json")) as Report;
      const markdown = readReport("md");
      const chart = readReport("svg");

      // Nobody is missing but those of whom it says so.
      const measured = new Set(report.cells.map(({ cell }) => cell.contender));
      expect([...measured, ...report.unavailable].sort()).toEqual([...CONTENDER_NAMES].sort());
      expect(
        report.cells.filter(({ cell }) => cell.contender === "stationkit").map(({ cell }) => cell.partitions),
      ).toEqual([1, 4, 64]);
      for (const { title, rounds } of report.cells) {
        for (const text of [printed, markdown]) expect(text).toMatch(new RegExp(`[|│] ${title} +[|│] +[1-9]`));
        expect(chart).toContain(`>${title}</text>`);
        expect(rounds).toHaveLength(1);
        const [figures] = rounds;
        for (const figure of valuesIn(figures).filter((value) => value !== "measurement")) {
          expect(figure, `${title}: ${JSON.stringify(figures)}`).toBeTypeOf("number");
          expect(figure, title).toBeGreaterThan(0);
          expect(figure, title).toBeLessThan(Number.POSITIVE_INFINITY);
        }
      }
      expect(report.othersShare).toBeGreaterThanOrEqual(0);
      expect(report.othersShare).toBeLessThan(1);
      expect(report.outcomes.map(({ statement }) => statement)).toEqual(TARGETS.map(({ statement }) => statement));
      for (const { statement, verdict } of report.outcomes) {
        expect(markdown).toMatch(
          new RegExp(`\\| ${statement.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")} \\|.*\\| ${verdict} \\|`),
        );
      }
    },
    180_000,
  );

  test.each(commands.filter((command) => command !== WHOLE && !command.includes("--cluster")))(
    "%s",
    async (command) => {
      expect(await run(command, TINY, `--out "${out}"`)).toMatch(/at half of (its|the) maximum/);
    },
  );

  // Of the contenders one, because each starts a cluster of its own.
  test("npm run bench -- --cluster", async () => {
    const command = commands.find((one) => one.includes("--cluster"))!;
    const printed = await run(command, TINY, "--only stationkit", `--out "${out}/cluster"`);
    expect(printed).toMatch(/stationkit, default +│ +[1-9]/);
  }, 120_000);
});

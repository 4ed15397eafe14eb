import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { CONTENDER_NAMES, type ContenderName, type Task } from "../src/contender/catalog.js";
import { TARGETS } from "../src/report/targets.js";
import { bench, mainFile, repository } from "./support/paths.js";

// Later options win. Enough messages that the servers' time, which Linux counts in 1/100 s, is never 0.
const TINY = "--rounds 1 --messages 6000 --paced-ms 50";
/** Of all contenders one size, and no trials: these are left to the others. */
const WHOLE_TINY = `${TINY} --size 128 --window 500`;

const readme = readFileSync(join(bench, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? "");
const commands = blocks.flatMap((block) => block.trim().split("\n")).map((line) => line.replace(/ *#.*$/, ""));
const WHOLE = "npm run bench";
const WHOLE_CONSUMER = "npm run bench -- --consumer";

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

function readReport(directory: string, extension: string): string {
  const [name, other] = readdirSync(directory).filter((file) => file.endsWith(`.${extension}`));
  expect(other).toBeUndefined();
  return readFileSync(join(directory, name!), "utf8");
}

interface Report {
  readonly cells: readonly {
    readonly cell: { readonly contender: string; readonly partitions: number };
    readonly title: string;
    readonly rounds: readonly { readonly kind: string; readonly sent: number }[];
  }[];
  readonly othersShare: number;
  readonly unavailable: readonly string[];
  readonly outcomes: readonly { readonly statement: string; readonly verdict: string }[];
}

/** Every value in it, however deep. */
function valuesIn(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(valuesIn) : [value];
}

/** Runs a command with one round, and looks at all that it prints and writes. */
async function runWhole(command: string, task: Task): Promise<Report> {
  const directory = join(out, task);
  expect(commands).toContain(command);
  const printed = await run(command, WHOLE_TINY, `--out "${directory}"`);
  const report = JSON.parse(readReport(directory, "json")) as Report;
  const markdown = readReport(directory, "md");
  const chart = readReport(directory, "svg");

  // Nobody is missing but those of whom it says so.
  const measured = new Set(report.cells.map(({ cell }) => cell.contender));
  expect([...measured, ...report.unavailable].sort()).toEqual([...CONTENDER_NAMES[task]].sort());
  for (const { title, rounds } of report.cells) {
    for (const text of [printed, markdown]) expect(text).toMatch(new RegExp(`[|│] ${title} +[|│] +[1-9]`));
    expect(chart).toContain(`>${title}</text>`);
    expect(rounds).toHaveLength(1);
    const { kind, sent, ...figures } = rounds[0]!;
    expect(kind, title).toBe("measurement");
    if (task === "produce") expect(sent, title).toBeGreaterThan(0);
    else expect(sent, title).toBe(0);
    for (const figure of valuesIn(figures)) {
      expect(figure, `${title}: ${JSON.stringify(figures)}`).toBeTypeOf("number");
      expect(figure, title).toBeGreaterThan(0);
      expect(figure, title).toBeLessThan(Number.POSITIVE_INFINITY);
    }
  }
  expect(report.othersShare).toBeGreaterThanOrEqual(0);
  expect(report.othersShare).toBeLessThan(1);
  expect(report.outcomes.map(({ statement }) => statement)).toEqual(TARGETS[task].map(({ statement }) => statement));
  for (const { statement, verdict } of report.outcomes) {
    expect(markdown).toMatch(
      new RegExp(`\\| ${statement.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")} \\|.*\\| ${verdict} \\|`),
    );
  }
  return report;
}

function partitionsOf({ cells }: Report, contender: ContenderName): number[] {
  return cells.filter(({ cell }) => cell.contender === contender).map(({ cell }) => cell.partitions);
}

describe.runIf(process.platform === "linux")("the commands of the README", () => {
  test(
    WHOLE,
    async () => {
      expect(partitionsOf(await runWhole(WHOLE, "produce"), "stationkit")).toEqual([1, 4, 64]);
    },
    300_000,
  );

  test(
    WHOLE_CONSUMER,
    async () => {
      const report = await runWhole(WHOLE_CONSUMER, "consume");
      for (const contender of CONTENDER_NAMES.consume) expect(partitionsOf(report, contender)).toEqual([1, 8]);
    },
    300_000,
  );

  test.each(commands.filter((command) => ![WHOLE, WHOLE_CONSUMER].includes(command) && !command.includes("--cluster")))(
    "%s",
    async (command) => {
      const size = command.includes("--size") ? "" : "--size 128";
      expect(await run(command, TINY, size, `--out "${out}/some"`)).toMatch(
        /at half of the maximum|as fast as it goes/,
      );
    },
  );

  // Of the contenders one, because each starts a cluster of its own.
  test("npm run bench -- --cluster", async () => {
    const command = commands.find((one) => one.includes("--cluster"))!;
    const printed = await run(command, TINY, "--only stationkit", `--out "${out}/cluster"`);
    expect(printed).toMatch(/stationkit, default +│ +[1-9]/);
  }, 120_000);
});

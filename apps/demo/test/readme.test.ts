import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { demo, mainFile, repository } from "./support/paths.js";

const readme = readFileSync(join(demo, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? "");
const commands = blocks.flatMap((block) => block.trim().split("\n"));

describe("the README", () => {
  test("has commands", () => {
    expect(commands.length).toBeGreaterThan(4);
  });

  test.each(commands)("%s", async (command) => {
    const run = `"${process.execPath}" "${mainFile}"`;
    const shell = command.replace(/#.*$/, "").replace(/npm start( --)?/, run);
    expect(shell).not.toBe(command);
    // Rejects unless the exit code is 0.
    const { stdout } = await promisify(execFile)("sh", ["-c", shell], { cwd: repository });
    expect(stdout.length).toBeGreaterThan(0);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ChildProgram } from "./support/child-program.js";
import { useCompiledPackage } from "./support/compiled-package.js";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const examples = [...readme.matchAll(/^## (.*)$|^```ts\n([\s\S]*?)^```$/gm)].reduce<[string, string][]>(
  (found, match) => {
    const [, heading, code] = match;
    if (heading !== undefined) found.push([heading, ""]);
    else if (code !== undefined) found.push([found.at(-1)?.[0] ?? "", code]);
    return found;
  },
  [],
);
const compiled = useCompiledPackage();

it.each(examples.filter(([, code]) => code !== ""))("the example under “%s” runs to its end", async (heading, code) => {
  const child = new ChildProgram(compiled.program(heading.replaceAll(/\W/g, "-"), code));
  expect(await child.end(), child.stderr).toBe(0);
  expect(child.lines.length).toBeGreaterThan(0);
});

it("has an example under each heading that promises one", () => {
  const headings = examples.filter(([, code]) => code !== "").map(([heading]) => heading);
  expect(headings).toEqual(["Smallest example", "Where the executable comes from", "Life of a server", "Cluster"]);
});

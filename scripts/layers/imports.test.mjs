import assert from "node:assert/strict";
import { test } from "node:test";
import { findCircles } from "./circles.mjs";
import { fileGraph, importsIn } from "./imports.mjs";

test("finds every kind of import with its line, and none in comments or strings", () => {
  const text = [
    'import { a } from "a";',
    'import type { B } from "b";',
    'export * from "c";',
    'const d = await import("d");',
    '// import e from "e";',
    `const f = 'import x from "f"';`,
    'export type { G } from "./g.js";',
    'type H = import("h").H;',
  ].join("\n");
  assert.deepEqual(
    importsIn(text).map(({ specifier, line }) => `${specifier}:${line}`),
    ["a:1", "b:2", "c:3", "d:4", "./g.js:7", "h:8"],
  );
});

/** @param {[string, string][]} pairs */
const circlesOf = (pairs) =>
  findCircles(fileGraph(pairs.map(([file, specifier]) => ({ file: `packages/p/src/${file}`, line: 1, specifier }))));

test("finds a circle between files, over folders", () => {
  const circles = circlesOf([
    ["index.ts", "./lane/lane.js"],
    ["lane/lane.ts", "./retry.js"],
    ["lane/retry.ts", "../window.js"],
    ["window.ts", "./lane/lane.js"],
  ]);
  const [lane, retry, window] = ["lane/lane.ts", "lane/retry.ts", "window.ts"].map((file) => `packages/p/src/${file}`);
  assert.deepEqual(circles, [[lane, retry, window, lane]]);
});

test("two ways down to the same file are no circle", () => {
  assert.deepEqual(
    circlesOf([
      ["a.ts", "./b.js"],
      ["a.ts", "./c.js"],
      ["b.ts", "./c.js"],
    ]),
    [],
  );
});

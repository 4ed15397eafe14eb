import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { isInstalled, markInstalled } from "./install.mjs";

let base = "";

/**
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  mkdirSync(join(base, file, ".."), { recursive: true });
  writeFileSync(join(base, file), text);
}

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "stationkit-install-"));
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json"]) write(file, "{}");
  write("packages/a/package.json", '{ "dependencies": {} }');
  mkdirSync(join(base, "packages/a/node_modules"));
  markInstalled(base);
});

afterEach(() => {
  rmSync(base, { recursive: true });
});

test("is fresh after an install", () => {
  assert.ok(isInstalled(base));
});

test("is not fresh once the lockfile or a manifest has changed", () => {
  write("pnpm-lock.yaml", "lockfileVersion: 9");
  assert.ok(!isInstalled(base));
  markInstalled(base);
  write("packages/a/package.json", '{ "dependencies": { "b": "1" } }');
  assert.ok(!isInstalled(base));
});

test("is not fresh once a package has been added", () => {
  write("apps/b/package.json", "{}");
  assert.ok(!isInstalled(base));
});

test("is not fresh once a node_modules is gone", () => {
  rmSync(join(base, "packages/a/node_modules"), { recursive: true });
  assert.ok(!isInstalled(base));
});

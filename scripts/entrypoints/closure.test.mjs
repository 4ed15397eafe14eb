import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { closureProblem, measureClosure } from "./closure.mjs";

test("counts packages without the project itself, and the bytes of their files", () => {
  const project = mkdtempSync(join(tmpdir(), "stationkit-closure-"));
  try {
    mkdirSync(join(project, "node_modules/a/node_modules/b"), { recursive: true });
    writeFileSync(join(project, "node_modules/a/x.js"), " ".repeat(1_000));
    writeFileSync(join(project, "node_modules/a/node_modules/b/y.js"), " ".repeat(500));
    const packages = { "": {}, "node_modules/a": {}, "node_modules/a/node_modules/b": {} };
    writeFileSync(join(project, "package-lock.json"), JSON.stringify({ packages }));
    assert.deepEqual(measureClosure(project), { packages: 2, megabytes: 0.0015 });
  } finally {
    rmSync(project, { recursive: true });
  }
});

test("the producer may not outgrow its limits; others have none", () => {
  assert.equal(closureProblem("@stationkit/producer", { packages: 14, megabytes: 5 }), undefined);
  assert.match(closureProblem("@stationkit/producer", { packages: 15, megabytes: 1 }) ?? "", /14 packages/);
  assert.ok(closureProblem("@stationkit/producer", { packages: 3, megabytes: 5.1 }));
  assert.equal(closureProblem("@stationkit/embedded-nats", { packages: 99, megabytes: 99 }), undefined);
});

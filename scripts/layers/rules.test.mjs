import assert from "node:assert/strict";
import { test } from "node:test";
import { findCircles } from "./circles.mjs";
import { checkImport, checkManifest, mayUse } from "./rules.mjs";

/**
 * @param {string} path
 * @param {Partial<import("../workspace/packages.mjs").Manifest>} [manifest]
 */
function workspacePackage(path, manifest) {
  const name = path.replace(/^[^/]+/, "@stationkit");
  return { path, directory: `/${path}`, manifest: { name, exports: { ".": "./dist/index.js" }, ...manifest } };
}

const core = workspacePackage("packages/core-protocol");
const partitioner = workspacePackage("packages/partitioner");
const embedded = workspacePackage("packages/embedded-nats");
const admin = workspacePackage("packages/station-admin");
const producer = workspacePackage("packages/producer");
const consumer = workspacePackage("packages/consumer");
const demo = workspacePackage("apps/demo");
const kit = workspacePackage("packages/test-kit", { exports: { ".": "./src/index.ts" } });
const all = [core, partitioner, embedded, admin, producer, consumer, demo, kit];

/**
 * @param {string} file
 * @param {string} specifier
 */
function check(file, specifier) {
  const from = all.find(({ path }) => file.startsWith(`${path}/`));
  assert.ok(from);
  return checkImport({ file, line: 7, specifier }, from, all);
}

test("imports may go down and not up", () => {
  assert.equal(check("packages/producer/src/route.ts", "@stationkit/partitioner"), undefined);
  assert.match(
    check("packages/core-protocol/src/connection.ts", "@stationkit/producer") ?? "",
    /^packages\/core-protocol\/src\/connection.ts:7: .* may not import @stationkit\/producer here$/,
  );
});

test("a server is for tests and examples, not for published code", () => {
  for (const file of ["test/a.test.ts", "src/a.test.ts", "examples/quick-start.ts"]) {
    assert.equal(check(`packages/producer/${file}`, "@stationkit/embedded-nats"), undefined);
  }
  assert.ok(check("packages/producer/src/a.ts", "@stationkit/embedded-nats"));
});

test("the test kit is for tests, and not for those that it is built on", () => {
  assert.equal(check("packages/producer/test/a.test.ts", "@stationkit/test-kit"), undefined);
  assert.equal(check("packages/test-kit/src/a.ts", "@stationkit/core-protocol"), undefined);
  assert.ok(check("packages/producer/src/a.ts", "@stationkit/test-kit"));
  assert.ok(check("packages/core-protocol/test/a.test.ts", "@stationkit/test-kit"));
  const published = workspacePackage("packages/producer", { dependencies: { "@stationkit/test-kit": "workspace:*" } });
  assert.equal(checkManifest(published, all).length, 1);
});

test("examples of the consumer may produce what they read, its published code may not", () => {
  assert.equal(check("packages/consumer/test/examples/a.ts", "@stationkit/producer"), undefined);
  assert.ok(check("packages/consumer/src/a.ts", "@stationkit/producer"));
  assert.ok(check("packages/station-admin/test/a.test.ts", "@stationkit/producer"));
});

test("an example imports its own package by name, published code does not", () => {
  assert.equal(check("packages/producer/examples/quick-start.ts", "@stationkit/producer"), undefined);
  assert.ok(check("packages/producer/src/a.ts", "@stationkit/producer"));
});

test("tests are bound by the direction too", () => {
  assert.ok(check("packages/station-admin/test/a.test.ts", "@stationkit/producer"));
});

test("apps use every package; nobody uses an app", () => {
  assert.equal(check("apps/demo/src/main.ts", "@stationkit/embedded-nats"), undefined);
  assert.ok(check("packages/producer/test/a.test.ts", "@stationkit/demo"));
  assert.ok(checkManifest(workspacePackage("apps/bench", { dependencies: { "@stationkit/demo": "*" } }), all).length);
});

test("no deep imports, by name or by path", () => {
  assert.match(check("apps/demo/src/main.ts", "@stationkit/producer/dist/window.js") ?? "", /not among the exports/);
  assert.match(
    check("packages/producer/src/a.ts", "../../core-protocol/src/names.js") ?? "",
    /leaves packages\/producer/,
  );
  assert.equal(check("packages/producer/test/a.test.ts", "../src/window.js"), undefined);
});

test("package.json is held to the same rules", () => {
  const up = workspacePackage("packages/core-protocol", { dependencies: { "@stationkit/producer": "workspace:^" } });
  assert.equal(checkManifest(up, all).length, 1);
  const served = workspacePackage("packages/producer", {
    dependencies: { "@stationkit/core-protocol": "workspace:^", commander: "1" },
    devDependencies: { "@stationkit/embedded-nats": "workspace:*", vitest: "1" },
  });
  assert.deepEqual(checkManifest(served, all), []);
  const shipped = workspacePackage("packages/producer", {
    dependencies: { "@stationkit/embedded-nats": "workspace:^" },
  });
  assert.equal(checkManifest(shipped, all).length, 1);
});

test("the partitioner depends on nothing at all", () => {
  assert.equal(checkManifest(workspacePackage("packages/partitioner", { dependencies: { hash: "1" } }), all).length, 1);
});

test("a package without a rule is refused", () => {
  assert.match(checkManifest(workspacePackage("packages/extra"), all).join(), /has no line/);
});

test("the rules themselves have no circle", () => {
  assert.deepEqual(findCircles(new Map(Object.entries(mayUse))), []);
});

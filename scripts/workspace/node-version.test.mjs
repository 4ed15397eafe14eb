import assert from "node:assert/strict";
import { test } from "node:test";
import { isAtLeast } from "./node-version.mjs";

test("compares versions as numbers, part by part", () => {
  assert.ok(isAtLeast("20.19.0", "20.19.0"));
  assert.ok(isAtLeast("22.1.0", "20.19.0"));
  assert.ok(isAtLeast("20.100.0", "20.19.0"));
  assert.ok(!isAtLeast("20.9.0", "20.19.0"));
  assert.ok(!isAtLeast("18.20.8", "20.19.0"));
});

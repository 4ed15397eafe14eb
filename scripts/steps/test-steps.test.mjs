import assert from "node:assert/strict";
import { test } from "node:test";
import { joinStages, testStages } from "./test-steps.mjs";

/** @param {string[]} names */
const steps = (...names) => names.map((name) => ({ name, run: () => Promise.resolve({ ok: true, output: "" }) }));

/** @param {readonly import("./run-steps.mjs").Step[]} list */
const namesOf = (list) => list.map(({ name }) => name);

test("a stage goes on in the one before, and what both need is there once, before all", () => {
  const [alone, joined, ...others] = joinStages([
    { group: "a", atOnce: 1, steps: steps("a1") },
    { group: "b", atOnce: 2, first: steps("newest"), steps: steps("b1", "b2") },
    { group: "c", atOnce: 2, joinsPrevious: true, first: steps("oldest", "newest"), steps: steps("c1") },
  ]);
  assert.deepEqual(namesOf(alone?.steps ?? []), ["a1"]);
  assert.deepEqual(namesOf(joined?.first ?? []), ["newest", "oldest"]);
  assert.deepEqual(namesOf(joined?.steps ?? []), ["b1", "b2", "c1"]);
  assert.deepEqual(others, []);
});

test("a group that is run alone has all that it needs", () => {
  for (const stage of testStages({}).filter(({ joinsPrevious }) => joinsPrevious)) {
    const [alone] = joinStages([stage]);
    assert.deepEqual(namesOf(alone?.first ?? []), namesOf(stage.first ?? []));
    assert.deepEqual(namesOf(alone?.steps ?? []), namesOf(stage.steps));
  }
});

test("no step has the name of another", () => {
  const names = joinStages(testStages({})).flatMap(({ first, steps }) => namesOf([...first, ...steps]));
  assert.deepEqual([...new Set(names)], names);
});

import { expect, test } from "vitest";
import { IndexSet } from "./index-set.js";

test("tells new indexes from old ones, however large", () => {
  const set = new IndexSet();
  for (const index of [0, 7, 8, 100_000, 3_000_000]) expect(set.add(index)).toBe(true);
  for (const index of [0, 7, 8, 100_000, 3_000_000]) expect(set.add(index)).toBe(false);
  expect(set.size).toBe(5);
});

test("lists the lowest that are missing", () => {
  const set = new IndexSet();
  for (const index of [0, 1, 3, 5]) set.add(index);
  expect(set.missingBelow(10, 3)).toEqual([2, 4, 6]);
  expect(set.missingBelow(4, 3)).toEqual([2]);
});

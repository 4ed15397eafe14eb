import { expect, test } from "vitest";
import { KeyTable } from "./key-table.js";
import { hashText } from "./text-hash.js";

test("keeps what it is told while it grows", () => {
  const table = new KeyTable();
  const keys = Array.from({ length: 20_000 }, (_, i) => hashText(`key ${i}`));
  for (const [i, key] of keys.entries()) table.slot(key, (i % 7) + 1, i);
  expect(table.size).toBe(20_000);
  for (const [i, key] of keys.entries()) {
    const slot = table.slot(key, 99, 99);
    expect(table.partition(slot)).toBe((i % 7) + 1);
    expect(table.lastIndex(slot)).toBe(i);
  }
});

test("takes no new keys when it is full, and still knows the old ones", () => {
  const table = new KeyTable(2);
  const slot = table.slot(1, 1, 10);
  table.slot(2, 1, 11);
  expect(table.slot(3, 1, 12)).toBe(-1);
  expect(table.slot(1, 1, 13)).toBe(slot);
  expect(table.size).toBe(2);
});

import { describe, expect, it } from "vitest";
import { fnv1a32 } from "./fnv1a32.js";
import { nats } from "./nats.js";
import { partitionsUpTo } from "../test/seeded-random.js";

// The comparison with a real server is in test/nats-mapping.test.ts.
describe("nats", () => {
  it("puts a key at its FNV-1a hash modulo the count", () => {
    const partitioner = nats();
    for (const key of ["", "a", "foobar", "ключ"]) {
      for (const count of [2, 3, 7, 100]) {
        expect(partitioner({ key, partitions: partitionsUpTo(count) })).toBe((fnv1a32(key) % count) + 1);
      }
    }
  });

  it("sends messages without a key in turn", () => {
    const partitioner = nats();
    expect([1, 2, 3, 4].map(() => partitioner({ key: undefined, partitions: [5, 6, 7] }))).toEqual([5, 6, 7, 5]);
  });
});

import { describe, expect, it } from "vitest";
import { createMessageIds } from "./message-ids.js";

describe("createMessageIds", () => {
  it("never repeats an id, within a producer and between producers", () => {
    const makers = Array.from({ length: 20 }, () => createMessageIds());
    const ids = makers.flatMap((next) => Array.from({ length: 5_000 }, next));
    expect(new Set(ids).size).toBe(100_000);
  });

  it("makes ids that are short, printable, and safe in a subject", () => {
    const next = createMessageIds();
    for (let i = 0; i < 1_000; i++) {
      const id = next();
      expect(id).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(id.length).toBeLessThanOrEqual(19);
    }
    // 16 characters of prefix leave eight for the counter, enough for 2.8 million million messages.
    expect((36 ** 8 - 1).toString(36)).toHaveLength(8);
  });
});

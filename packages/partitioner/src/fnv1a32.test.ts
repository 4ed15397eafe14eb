import { describe, expect, it } from "vitest";
import { randomBytes, randomText, seededRandom } from "../test/seeded-random.js";
import { fnv1a32 } from "./fnv1a32.js";

/** FNV-1a from its definition, in integers without a size. */
function referenceFnv1a(bytes: Uint8Array): number {
  return Number(bytes.reduce((hash, byte) => ((hash ^ BigInt(byte)) * 16777619n) % 2n ** 32n, 2166136261n));
}

describe("fnv1a32", () => {
  it.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ])("gives the published value of %j", (key, hash) => {
    expect(fnv1a32(key)).toBe(hash);
  });

  it("agrees with a second implementation on random texts and bytes", () => {
    const random = seededRandom(1);
    for (let round = 0; round < 1500; round++) {
      const text = randomText(random);
      const bytes = randomBytes(random);
      expect(fnv1a32(text), JSON.stringify(text)).toBe(referenceFnv1a(Buffer.from(text)));
      expect(fnv1a32(bytes), bytes.join()).toBe(referenceFnv1a(bytes));
    }
  });
});

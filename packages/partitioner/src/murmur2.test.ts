import { describe, expect, it } from "vitest";
import { randomBytes, randomText, seededRandom } from "../test/seeded-random.js";
import { murmur2 } from "./murmur2.js";

/** MurmurHash2 written a second time, from its definition, in integers without a size; gives a signed 32-bit result. */
function referenceMurmur2(bytes: Uint8Array): number {
  const word = (value: bigint): bigint => BigInt.asUintN(32, value);
  const m = 0x5bd1e995n;
  let hash = 0x9747b28cn ^ BigInt(bytes.length);
  let rest = [...bytes].map(BigInt);
  while (rest.length >= 4) {
    let k = rest.slice(0, 4).reduceRight((sum, byte) => (sum << 8n) + byte, 0n);
    k = word(k * m);
    k = word((k ^ (k >> 24n)) * m);
    hash = word(hash * m) ^ k;
    rest = rest.slice(4);
  }
  if (rest.length > 0) hash = word((hash ^ rest.reduceRight((sum, byte) => (sum << 8n) + byte, 0n)) * m);
  hash = word((hash ^ (hash >> 13n)) * m);
  return Number(BigInt.asIntN(32, hash ^ (hash >> 15n)));
}

describe("murmur2", () => {
  it.each([
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
    [Uint8Array.of(0x61, 0x62, 0x63), 479470107],
  ])("hashes %j as the test of Kafka's Java client expects", (key, hash) => {
    expect(murmur2(key)).toBe(hash);
    expect(referenceMurmur2(Buffer.from(key))).toBe(hash);
  });

  it("agrees with a second implementation on random texts and bytes", () => {
    const random = seededRandom(2);
    for (let round = 0; round < 1500; round++) {
      const text = randomText(random);
      const bytes = randomBytes(random);
      expect(murmur2(text), JSON.stringify(text)).toBe(referenceMurmur2(Buffer.from(text)));
      expect(murmur2(bytes), bytes.join()).toBe(referenceMurmur2(bytes));
    }
  });

  it("agrees with it on empty and very long keys", () => {
    for (const text of ["", "語".repeat(3_000), "x".repeat(4_097)]) {
      expect(murmur2(text)).toBe(referenceMurmur2(Buffer.from(text)));
    }
  });
});

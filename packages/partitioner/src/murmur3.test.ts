import { readFile } from "node:fs/promises";
import murmurhash from "murmurhash";
import { describe, expect, it } from "vitest";
import { randomBytes, randomText, seededRandom } from "../test/seeded-random.js";
import { PartitionError } from "./partition-error.js";
import { murmur3 } from "./murmur3.js";

interface VectorFile {
  seed: number;
  vectors: [text: string, times: number, hash: number, partitions: number[]][];
}

describe("murmur3", () => {
  it.each([
    ["hello", 0, 0x248bfa47],
    ["", 1, 0x514e28b7],
    ["", 0, 0],
    ["test", 0x9747b28c, 0x704b81dc],
  ])("gives the published check value of %j with seed %i", (key, seed, hash) => {
    expect(murmur3(key, seed)).toBe(hash);
  });

  it.each([
    ["a", 3387765255],
    ["key-1", 3864697147],
    ["user-123", 2515423711],
    ["München", 554034372],
    ["日本", 1566398813],
    ["", 1257683291],
    ["x".repeat(33), 1658998205],
  ])("hashes %j with Memphis's seed as a separate Python implementation does", (key, hash) => {
    expect(murmur3(key, 31)).toBe(hash);
  });

  it("agrees with every vector that murmurhash 2.0.1 generated", async () => {
    const url = new URL("../test/vectors/murmur3-seed31.json", import.meta.url);
    const { seed, vectors } = JSON.parse(await readFile(url, "utf8")) as VectorFile;
    expect(vectors.length).toBeGreaterThanOrEqual(1000);
    for (const [text, times, hash] of vectors) {
      expect(murmur3(text.repeat(times), seed), `${text} × ${times}`).toBe(hash);
      expect(murmur3(Buffer.from(text.repeat(times)), seed), `bytes of ${text} × ${times}`).toBe(hash);
    }
  });

  it("agrees with murmurhash 2.0.1 on random texts, bytes and seeds", () => {
    const random = seededRandom(3);
    for (let round = 0; round < 2000; round++) {
      const seed = Math.floor(random() * 2 ** 32);
      const text = randomText(random);
      const bytes = randomBytes(random);
      expect(murmur3(text, seed), JSON.stringify({ text, seed })).toBe(murmurhash.v3(text, seed));
      expect(murmur3(bytes, seed), JSON.stringify({ bytes, seed })).toBe(murmurhash.v3(bytes, seed));
    }
  });

  it("hashes a view into a larger buffer by the view's bytes only", () => {
    const whole = Buffer.from("--user-1--");
    expect(murmur3(whole.subarray(2, 8), 31)).toBe(murmur3("user-1", 31));
  });

  it.each([42, null, undefined, {}, ["a"], new Uint16Array(2), new ArrayBuffer(2)])("refuses the key %j", (key) => {
    expect(() => murmur3(key as never, 31)).toThrow(expect.objectContaining({ reason: "invalid-key" }) as Error);
    expect(() => murmur3(key as never, 31)).toThrow(PartitionError);
  });
});

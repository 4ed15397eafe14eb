import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { randomText, seededRandom } from "../test/seeded-random.js";
import { keyBytes } from "./key-bytes.js";
import { murmur3 } from "./murmur3.js";

function utf8(text: string): Buffer {
  const { bytes, length } = keyBytes(text);
  return Buffer.from(bytes.subarray(0, length));
}

describe("keyBytes", () => {
  it.each([
    ["an empty text", ""],
    ["a high surrogate alone", "a\ud83d"],
    ["a low surrogate alone", "\ude00b"],
    ["surrogates in the wrong order", "\ude00\ud83d"],
    ["a high surrogate before ASCII", "\ud83dx"],
    ["two high surrogates and a pair", "\ud83d\ud83d\ud83d\ude00"],
    ["ASCII before and after a pair", "abc😀def"],
    ["the last unit of each length in UTF-8", "\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}"],
  ])("encodes %s as Buffer.from does", (_, text) => {
    expect(utf8(text)).toEqual(Buffer.from(text));
  });

  it("encodes texts of every length around the size of the shared buffer", () => {
    for (const unit of ["x", "é", "語", "🚀", "\ud83d"]) {
      for (const units of [4094, 4095, 4096, 4097, 4098, 100_000]) {
        const text = unit.repeat(Math.floor(units / unit.length));
        expect(utf8(text).equals(Buffer.from(text)), `${unit} to ${units}`).toBe(true);
      }
    }
  });

  it("leaves nothing of the key before in the bytes of the next", () => {
    const random = seededRandom(8);
    for (let round = 0; round < 2000; round++) {
      const text = randomText(random);
      expect(utf8(text).equals(Buffer.from(text)), JSON.stringify(text)).toBe(true);
    }
  });

  it("accepts byte arrays of another realm", () => {
    const foreign = runInNewContext("Uint8Array.of(97)") as Uint8Array;
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    expect(murmur3(foreign, 31)).toBe(murmur3("a", 31));
  });
});

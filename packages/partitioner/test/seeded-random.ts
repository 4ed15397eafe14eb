/** Numbers ≥ 0 and < 1, the same ones for the same seed (mulberry32), so that a failing test fails again. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// One row per length in UTF-8, 1 to 4 bytes, and controls.
const alphabets = ["abcXYZ0189-_:", "éßñДжЯ", "日本語한글€", "😀🚀𝒳🜁", "\u0000\u0001\u007f\u0080"].map((row) =>
  Array.from(row),
);

/** A text of 0..40 code points; about half of the texts are plain ASCII. */
export function randomText(random: () => number): string {
  const plain = random() < 0.5;
  return Array.from({ length: Math.floor(random() * 41) }, () => {
    const alphabet = alphabets[plain ? 0 : Math.floor(random() * alphabets.length)]!;
    return alphabet[Math.floor(random() * alphabet.length)]!;
  }).join("");
}

/** 0..60 bytes of any value. */
export function randomBytes(random: () => number): Uint8Array {
  return Uint8Array.from({ length: Math.floor(random() * 61) }, () => Math.floor(random() * 256));
}

/** The partition numbers 1..count. */
export function partitionsUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

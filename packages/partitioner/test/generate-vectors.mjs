// Writes vectors/murmur3-seed31.json from npm's murmurhash, the package that memphis.js hashes with; it encodes texts by
// TextEncoder, so its answers are over UTF-8. Run by hand: node test/generate-vectors.mjs
import { writeFile } from "node:fs/promises";
import murmurhash from "murmurhash";

const seed = 31;
const counts = [1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 17, 100];
const prefixes = ["", "user-", "order:", "Ünïcödé-", "ключ/", "注文", "😀", "a b\t", "é\u0000"];

let state = 0x5ca1ab1e;
/** @param {number} limit */
function below(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

/** @type {(text: string, counts: number[]) => [text: string, times: number][]} */
const repeated = (text, counts) => counts.map((times) => [text, times]);

/**
 * Texts with how often they are repeated, so that long keys do not swell the file.
 * @type {[text: string, times: number][]}
 */
const keys = [
  ["", 1],
  ["memphis", 1],
  ["日本語", 1],
  ...repeated("x", [1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 33, 255, 256, 4095, 4096, 4097, 10_000, 100_000]),
  ...repeated("é", [1, 7, 1365, 1366, 4096, 4097, 10_000]),
  ...repeated("語", [1, 7, 1365, 1366, 4096, 4097, 10_000]),
  ...repeated("🚀", [1, 7, 1024, 1025, 2048, 2049, 10_000]),
];
const seen = new Set(keys.map(([text, times]) => text.repeat(times)));
while (keys.length < 1200) {
  const text = (prefixes[below(prefixes.length)] ?? "") + below(10 ** (1 + below(9))).toString(10 + below(27));
  if (seen.has(text)) continue;
  seen.add(text);
  keys.push([text, 1]);
}

const vectors = keys.map(([text, times]) => {
  const hash = murmurhash.v3(text.repeat(times), seed);
  return [text, times, hash, counts.map((count) => (hash % count) + 1)];
});
// Spaced as prettier does it; no text above holds a comma.
/** @type {(value: unknown) => string} */
const spaced = (value) => JSON.stringify(value).replaceAll(",", ", ");
const rows = vectors.map((vector) => `    ${spaced(vector)}`).join(",\n");
const file = `{
  "generator": "test/generate-vectors.mjs, murmurhash 2.0.1",
  "columns": "text, times repeated, unsigned hash, partition number for each count over the list 1..count",
  "seed": ${seed},
  "counts": ${spaced(counts)},
  "vectors": [
${rows}
  ]
}
`;
await writeFile(new URL("vectors/murmur3-seed31.json", import.meta.url), file);

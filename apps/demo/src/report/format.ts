const COUNT = new Intl.NumberFormat("en-US");
const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** In decimal units with three digits: 999 B, 1.02 kB, 12.3 MB. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${UNITS[unit] ?? ""}`;
}

/** Milliseconds as the unit fits: 0.412 ms, 12.3 ms, 1.53 s. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1) return `${milliseconds.toFixed(3)} ms`;
  if (milliseconds < 1_000) return `${milliseconds.toPrecision(3)} ms`;
  if (milliseconds < 99_950) return `${(milliseconds / 1_000).toPrecision(3)} s`;
  return `${formatCount(Math.round(milliseconds / 1_000))} s`;
}

/** Messages per second, as a whole number. */
export function perSecond(count: number, elapsedMs: number): number {
  return elapsedMs === 0 ? 0 : Math.round((count * 1_000) / elapsedMs);
}

/** "1 record", "2 records". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Text from outside, made harmless for a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) =>
    character === "\n" ? character : `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}

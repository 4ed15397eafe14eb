import type { Spread } from "./statistics.js";

const INTEGER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const THREE_DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

/** Large numbers as integers, small ones with three digits: 53,594, 6.86, 0.132. */
export function formatNumber(value: number): string {
  return (Math.abs(value) >= 100 ? INTEGER : THREE_DIGITS).format(value);
}

/** `median (min–max)`; of a single round, its figure. */
export function formatSpread({ median, min, max }: Spread): string {
  const range = min === max ? "" : ` (${formatNumber(min)}–${formatNumber(max)})`;
  return `${formatNumber(median)}${range}`;
}

/** 128 B, 1 KiB, 64 KiB. */
export function formatSize(bytes: number): string {
  return bytes % 1_024 === 0 ? `${bytes / 1_024} KiB` : `${bytes} B`;
}

/** Bytes as whole megabytes. */
export function formatMegabytes(bytes: number): string {
  return formatNumber(Math.round(bytes / 1_000_000));
}

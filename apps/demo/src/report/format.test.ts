import { expect, test } from "vitest";
import { formatBytes, formatDuration, perSecond, plural, printable } from "./format.js";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.00 kB"],
  [12_345, "12.3 kB"],
  [999_499, "999 kB"],
  [999_999, "1.00 MB"],
  [2_000_000_000, "2.00 GB"],
])("%i bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0.1234, "0.123 ms"],
  [12.34, "12.3 ms"],
  [1_234, "1.23 s"],
  [60_000, "60.0 s"],
  [1_234_567, "1,235 s"],
])("%d milliseconds are %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test("rates, plurals and text from outside", () => {
  expect(perSecond(500, 250)).toBe(2_000);
  expect(perSecond(5, 0)).toBe(0);
  expect([plural(1, "record"), plural(2_000, "record")]).toEqual(["1 record", "2,000 records"]);
  expect(printable("a\u001b[2J\u202eb\nc")).toBe("a\\u{1b}[2J\\u{202e}b\nc");
});

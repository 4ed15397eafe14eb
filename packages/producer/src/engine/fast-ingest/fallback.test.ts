import { expect, it } from "vitest";
import { Fallback } from "./fallback.js";

it("lasts a second, then twice as long each time, a minute at most, and a second again after a success", () => {
  const reasons: string[] = [];
  const fallback = new Fallback((reason) => reasons.push(reason));
  let now = 1_000;
  const nextPause = (): number => {
    fallback.forNow("crowded", now);
    const start = now;
    while (fallback.isActive(() => now)) now += 500;
    return now - start;
  };
  expect(fallback.isActive(() => now)).toBe(false);
  expect([nextPause(), nextPause(), nextPause()]).toEqual([1_000, 2_000, 4_000]);
  expect([nextPause(), nextPause(), nextPause(), nextPause()]).toEqual([8_000, 16_000, 32_000, 60_000]);
  fallback.succeeded();
  expect(nextPause()).toBe(1_000);
  fallback.forNow(undefined, now);
  expect(fallback.isActive(() => now)).toBe(true);
  expect(reasons).toHaveLength(8);
});

it("lasts for good until it is reset", () => {
  const reasons: string[] = [];
  const fallback = new Fallback((reason) => reasons.push(reason));
  fallback.forGood("disabled");
  expect(fallback.isActive(() => Number.MAX_SAFE_INTEGER)).toBe(true);
  fallback.reset();
  expect(fallback.isActive(() => 1)).toBe(false);
  expect(reasons).toEqual(["disabled"]);
});

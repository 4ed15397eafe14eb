import { afterEach, beforeEach, expect } from "vitest";

/** Makes every test of the file fail in which a promise is rejected and nobody looks. */
export function failOnUnhandledRejections(): void {
  const seen: unknown[] = [];
  const listener = (reason: unknown): void => {
    seen.push(reason);
  };
  beforeEach(() => {
    seen.length = 0;
    process.on("unhandledRejection", listener);
  });
  afterEach(async () => {
    // Node reports a rejection after the microtasks of the turn in which it happened.
    await new Promise(setImmediate);
    process.off("unhandledRejection", listener);
    expect(seen).toEqual([]);
  });
}

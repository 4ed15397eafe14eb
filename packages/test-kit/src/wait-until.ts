import { setTimeout as sleep } from "node:timers/promises";

/** How long, and for what. */
export interface WaitOptions {
  /** Named in the error. */
  readonly what: string;
  /** Milliseconds, default 30,000. */
  readonly timeoutMs?: number;
}

/**
 * Waits for a condition, looked at every 5 ms. For scenarios, which run without vitest; tests have `vi.waitFor`.
 * @throws {Error} it did not come true in time.
 */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { what, timeoutMs = 30_000 }: WaitOptions,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() >= deadline) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await sleep(5);
  }
}

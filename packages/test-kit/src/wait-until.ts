import { setTimeout as sleep } from "node:timers/promises";

/** How long, and for what. */
export interface WaitOptions {
  /** Named in the error. */
  readonly what: string;
  /** Milliseconds, default 30,000. */
  readonly timeoutMs?: number;
  /** Milliseconds between two looks, default 5; more where a look is a request. */
  readonly everyMs?: number;
}

/**
 * Waits for a condition. For scenarios, which run without vitest; tests have `vi.waitFor`.
 * @throws {Error} it did not come true in time.
 */
export async function waitUntil(condition: () => boolean | Promise<boolean>, options: WaitOptions): Promise<void> {
  await waitForValue(async () => (await condition()) || undefined, options);
}

/** As `waitUntil`, for something that is not there yet: undefined. */
export async function waitForValue<Value>(
  look: () => Promise<Value | undefined>,
  { what, timeoutMs = 30_000, everyMs = 5 }: WaitOptions,
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() >= deadline) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await sleep(everyMs);
  }
}

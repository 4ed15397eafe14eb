import { StationFullError, StationkitError } from "@stationkit/core-protocol";

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 1_000;
const TIMEOUT_MS = 20_000;

/**
 * Does work again while it fails for a time only, for 20 seconds at most; for requests that do the second time what they did the first.
 * @throws {StationkitError} the last failure.
 */
export async function persist<Result>(work: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!StationkitError.is(error) || !error.retryable || performance.now() >= deadline) throw error;
      // It has to be emptied first.
      if (error instanceof StationFullError) throw error;
    }
    await delay(retryDelayMs(attempt));
  }
}

/** Longer each time, with jitter. @param attempt - from 0. */
export function retryDelayMs(attempt: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2);
}

/** Not worth keeping a process for. */
function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

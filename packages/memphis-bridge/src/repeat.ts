import { StationkitError } from "@stationkit/core-protocol";

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 1_000;

/**
 * Does work again while it fails for a time only; for requests that do the second time what they did the first.
 * @throws {StationkitError} the last failure, when the time is over.
 */
export async function repeat<Result>(timeoutMs: number, work: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + timeoutMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!StationkitError.is(error) || !error.retryable || performance.now() >= deadline) throw error;
    }
    const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 10));
    await new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
  }
}

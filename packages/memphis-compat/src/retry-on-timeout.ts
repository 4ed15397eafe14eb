import { RequestTimeoutError, requireInteger } from "@stationkit/core-protocol";

/** How often memphis-dev asks again where nothing is said. */
const TIMEOUT_RETRIES = 5;

/**
 * Does something again at once when it had no answer: memphis-dev's `timeoutRetry`.
 * @param retries - integer ≥ 0, default 5.
 */
export async function retryOnTimeout<Result>(
  retries: number | undefined,
  action: () => Promise<Result>,
): Promise<Result> {
  const limit = requireInteger("timeoutRetry", retries ?? TIMEOUT_RETRIES, { min: 0 });
  for (let retry = 0; ; retry++) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof RequestTimeoutError) || retry >= limit) throw error;
    }
  }
}

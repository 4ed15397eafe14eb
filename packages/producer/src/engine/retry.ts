import {
  type ApiErrorBody,
  apiErrorToStationkitError,
  isTransientApiError,
  SERVER_ERROR,
  type StationkitError,
} from "@stationkit/core-protocol";
import { atomicRefusal } from "../producer-errors.js";

/** What to do about a refusal. */
export interface Verdict {
  /** `again`: the broker may take it, or acknowledge it, later. `never`: the same message would be refused again. */
  readonly retry: "again" | "never";
  /** The refusal does not mean that nothing is stored. */
  readonly mayBeStored: boolean;
  /** The broker asked to slow down. */
  readonly throttled: boolean;
  /** Nobody listens for the partition: its stream has no leader, or is gone. */
  readonly unheard: boolean;
  readonly error: StationkitError;
}

/** Decides whether a refused message is tried again. */
export function judgeRefusal(body: ApiErrorBody, station: string): Verdict {
  return {
    retry: isTransientApiError(body) ? "again" : "never",
    // An earlier try, or another call with the same id, is about to be stored.
    mayBeStored: body.err_code === SERVER_ERROR.duplicateInProcess,
    throttled: body.code === 429,
    unheard: body.code === 503 && (body.err_code ?? 0) === 0,
    error: atomicRefusal(body, station) ?? apiErrorToStationkitError(body, { station }),
  };
}

/** Bounds of the delay between tries, milliseconds. */
export interface BackoffLimits {
  readonly retryDelayMs: number;
  readonly maxRetryDelayMs: number;
}

/**
 * Delay before the next try: doubled with every failure in a row, capped, and spread over its upper half, so that producers
 * that failed together do not come back together.
 * @param failures - how many tries in a row failed, from 1.
 * @param random - 0 to 1, for tests.
 */
export function backoffMs(failures: number, limits: BackoffLimits, random: () => number = Math.random): number {
  const full = Math.min(limits.maxRetryDelayMs, limits.retryDelayMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full / 2 + (full / 2) * random());
}

/**
 * Whether a message whose last try went unanswered may be sent again: only while the server still remembers its id, counted
 * from the first try. A tenth of the window is left for the clocks and the way there.
 */
export function isCoveredByDuplicateWindow(firstSentAt: number, now: number, duplicateWindowMs: number): boolean {
  return now - firstSentAt < duplicateWindowMs * 0.9;
}

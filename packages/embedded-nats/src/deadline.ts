/** A moment by which something must be done, handed down through the steps that share it. */
export interface Deadline {
  /** Milliseconds left, at least 1, so that it can be given to a timer or a command as it is. */
  remainingMs(): number;
  readonly passed: boolean;
}

/** Starts the clock now. */
export function createDeadline(timeoutMs: number): Deadline {
  const end = performance.now() + timeoutMs;
  return {
    remainingMs: () => Math.max(1, Math.ceil(end - performance.now())),
    get passed() {
      return performance.now() >= end;
    },
  };
}

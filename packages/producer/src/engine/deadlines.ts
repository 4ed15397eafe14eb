/** The one clock of a producer: calls a sweep while there is anything to watch, instead of a timer per message. */
export class Deadlines {
  readonly #shortestTimeoutMs: number;
  readonly #sweep: (now: number) => boolean;
  #timer: NodeJS.Timeout | undefined;
  #intervalMs = Number.POSITIVE_INFINITY;

  /** @param sweep - gets the time in milliseconds since 1970; gives false when there is nothing left to watch. */
  constructor(shortestTimeoutMs: number, sweep: (now: number) => boolean) {
    this.#shortestTimeoutMs = shortestTimeoutMs;
    this.#sweep = sweep;
  }

  /** Starts the clock, if it does not run; for a shorter time than those before, it runs faster until it stops. */
  watch(timeoutMs: number): void {
    const intervalMs = intervalFor(Math.min(timeoutMs, this.#shortestTimeoutMs));
    if (intervalMs >= this.#intervalMs) return;
    this.stop();
    this.#intervalMs = intervalMs;
    this.#timer = setInterval(() => {
      if (!this.#sweep(Date.now())) this.stop();
    }, intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#intervalMs = Number.POSITIVE_INFINITY;
  }
}

function intervalFor(timeoutMs: number): number {
  return Math.min(100, Math.max(5, Math.floor(timeoutMs / 10)));
}

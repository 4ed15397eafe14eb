/** The one clock of a producer: calls a sweep while there is anything to watch, instead of a timer per message. */
export class Deadlines {
  readonly #usualIntervalMs: number;
  readonly #sweep: (now: number) => boolean;
  #timer: NodeJS.Timeout | undefined;
  #intervalMs = Number.POSITIVE_INFINITY;
  /** Until then there may be something with a shorter time than usual. */
  #hurriesUntil = 0;

  /** @param sweep - gets the time in milliseconds since 1970; gives false when there is nothing left to watch. */
  constructor(usualTimeoutMs: number, sweep: (now: number) => boolean) {
    this.#usualIntervalMs = intervalFor(usualTimeoutMs);
    this.#sweep = sweep;
  }

  /** Starts the clock, if it does not run; for a shorter time than usual it runs faster, for as long as that. */
  watch(timeoutMs: number): void {
    const intervalMs = Math.min(intervalFor(timeoutMs), this.#usualIntervalMs);
    if (intervalMs < this.#usualIntervalMs) this.#hurriesUntil = Math.max(this.#hurriesUntil, Date.now() + timeoutMs);
    if (intervalMs < this.#intervalMs) this.#start(intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#intervalMs = Number.POSITIVE_INFINITY;
  }

  #start(intervalMs: number): void {
    this.stop();
    this.#intervalMs = intervalMs;
    this.#timer = setInterval(() => {
      const now = Date.now();
      if (!this.#sweep(now)) this.stop();
      else if (now >= this.#hurriesUntil && this.#intervalMs < this.#usualIntervalMs)
        this.#start(this.#usualIntervalMs);
    }, intervalMs);
  }
}

function intervalFor(timeoutMs: number): number {
  return Math.min(100, Math.max(5, Math.floor(timeoutMs / 10)));
}

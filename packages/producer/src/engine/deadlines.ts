/** The one clock of a producer: calls a sweep while there is anything to watch, instead of a timer per message. */
export class Deadlines {
  readonly #intervalMs: number;
  readonly #sweep: (now: number) => boolean;
  #timer: NodeJS.Timeout | undefined;

  /** @param sweep - gets the time in milliseconds since 1970; gives false when there is nothing left to watch. */
  constructor(shortestTimeoutMs: number, sweep: (now: number) => boolean) {
    this.#intervalMs = Math.min(100, Math.max(5, Math.floor(shortestTimeoutMs / 10)));
    this.#sweep = sweep;
  }

  /** Starts the clock, if it does not run. */
  watch(): void {
    this.#timer ??= setInterval(() => {
      if (!this.#sweep(Date.now())) this.stop();
    }, this.#intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

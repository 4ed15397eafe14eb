/** Pause before batches are tried again, milliseconds; doubled while they keep being refused. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;

/** Whether a lane does without batches, because the server would not have them. */
export class Fallback {
  readonly #tell: (reason: string) => void;
  /** Point in time, milliseconds since 1970; 0: not in effect. */
  #until = 0;
  #pauseMs = FIRST_PAUSE_MS;

  /** @param tell - gets the reason each time that it comes into effect. */
  constructor(tell: (reason: string) => void) {
    this.#tell = tell;
  }

  /** @param now - a clock, asked only when it matters. */
  isActive(now: () => number): boolean {
    return this.#until > 0 && this.#until > now();
  }

  /** Until `reset`. */
  forGood(reason: string): void {
    this.#until = Number.POSITIVE_INFINITY;
    this.#tell(reason);
  }

  /** For a while, longer each time. @param reason - undefined when it is told otherwise. */
  forNow(reason: string | undefined, now: number): void {
    this.#until = now + this.#pauseMs;
    this.#pauseMs = Math.min(MAX_PAUSE_MS, this.#pauseMs * 2);
    if (reason !== undefined) this.#tell(reason);
  }

  /** A batch was accepted: the next pause is a short one again. */
  succeeded(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  reset(): void {
    this.#until = 0;
    this.succeeded();
  }
}

import { type Connection, RequestTimeoutError, StationkitError, type StationName } from "@stationkit/core-protocol";

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 1_000;
/**
 * How long one try waits: twice as long each time. Short at first, since in a cluster nobody answers for a stream that is
 * just being made and has no leader yet.
 */
const FIRST_TRY_MS = 500;
const LONGEST_TRY_MS = 5_000;

/** One call of the admin: who it is about, and until when it may go on. */
export class Operation {
  readonly connection: Connection;
  /** undefined for `list`. */
  readonly station: StationName | undefined;
  readonly #timeoutMs: number;
  readonly #deadline: number;

  constructor(connection: Connection, options: { station?: StationName; timeoutMs: number }) {
    this.connection = connection;
    this.station = options.station;
    this.#timeoutMs = options.timeoutMs;
    this.#deadline = performance.now() + options.timeoutMs;
  }

  get expired(): boolean {
    return performance.now() >= this.#deadline;
  }

  /** What may go on for the rest of the call takes so many milliseconds at most, at least 1. */
  get remainingMs(): number {
    return Math.max(1, Math.ceil(this.#deadline - performance.now()));
  }

  /**
   * Sends one JetStream API request, again after temporary failures and lost answers, until the deadline: for requests that
   * do the second time what they did the first time.
   * @throws {StationkitError} the last failure.
   */
  async request<Answer extends object>(operation: string, body?: object): Promise<Answer> {
    return this.repeat((attempt) =>
      this.requestOnce<Answer>(operation, body, Math.min(LONGEST_TRY_MS, FIRST_TRY_MS * 2 ** attempt)),
    );
  }

  /** Sends one request once, for what may not be repeated blindly. */
  async requestOnce<Answer extends object>(
    operation: string,
    body?: object,
    timeoutMs: number = LONGEST_TRY_MS,
  ): Promise<Answer> {
    const { jetStream } = this.connection;
    if (this.expired) throw new RequestTimeoutError(`${jetStream.prefix}.${operation}`, this.#timeoutMs);
    return jetStream.request<Answer>(operation, body, {
      timeoutMs: Math.min(timeoutMs, this.remainingMs),
      ...(this.station !== undefined && { station: this.station }),
    });
  }

  /** Does work again while it fails for a time only, until the deadline. @throws {StationkitError} the last failure. */
  async repeat<Result>(work: (attempt: number) => Promise<Result>): Promise<Result> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work(attempt);
      } catch (error) {
        if (this.expired) throw this.#inAll(error);
        if (!StationkitError.is(error) || !error.retryable) throw error;
      }
      await this.pause(attempt);
    }
  }

  /** The last of many tries had what was left of the time; the caller is told of all of it. */
  #inAll(error: unknown): unknown {
    if (!(error instanceof RequestTimeoutError)) return error;
    const { state, server } = this.connection;
    const hint =
      state === "reconnecting" ? `the connection to ${server.address} is lost and being made again` : undefined;
    return new RequestTimeoutError(error.subject, this.#timeoutMs, { cause: error, hint });
  }

  /** Waits before another attempt (counted from 0), longer each time, with jitter, and never past the deadline. */
  async pause(attempt: number): Promise<void> {
    const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 10));
    const delay = longest * (0.5 + Math.random() / 2);
    await new Promise((resolve) =>
      setTimeout(resolve, Math.min(delay, Math.max(0, this.#deadline - performance.now()))),
    );
  }
}

/** How many requests of one call are on the way at once. */
const CONCURRENCY = 16;

/** Runs work for every item, a few at a time, in the given order. Rejects with the first failure, after all has settled. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const failures: unknown[] = [];
  const queue = items.entries();
  async function run(): Promise<void> {
    for (const [index, item] of queue) {
      if (failures.length > 0) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, run));
  if (failures.length > 0) throw failures[0];
  return results;
}

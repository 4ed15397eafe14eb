import { type Connection, isLive } from "@stationkit/core-protocol";

/** Kept for a connection that comes back, at most; what is answered beyond that comes again. */
const MAX_WAITING = 100_000;
/** Written together at most. */
const BATCH = 512;
/** How long an answer waits for others. */
const DELAY_MS = 2;
/** A `for await` over messages that are there keeps timers from running: so many answers after each other look at the clock. */
const LOOK_EVERY = 16;

/**
 * Collects answers and writes them together: when there are enough, when something else is written anyway, and when the first of them
 * has waited for long enough. Every write costs the client and the server a system call, which is more than a message does, and
 * the server takes answers that come together faster.
 */
export class AnswerWriter {
  readonly #connection: Connection;
  readonly #subjects: string[] = [];
  /** Parallel to `#subjects`. */
  readonly #words: string[] = [];
  /** When the first of them was given. */
  #firstAt = 0;
  #isScheduled = false;
  #isJoining = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Without a socket, answers wait for the next one: the server takes them from any connection.
   * @returns false when it was not taken, since there will be no connection any more.
   */
  write(subject: string, word: string): boolean {
    const { natsConnection } = this.#connection;
    if (natsConnection.isClosed() || this.#subjects.length >= MAX_WAITING) return false;
    const count = this.#subjects.push(subject);
    this.#words.push(word);
    if (count === 1) this.#firstAt = performance.now();
    if (count >= BATCH || (count % LOOK_EVERY === 0 && performance.now() - this.#firstAt > DELAY_MS)) this.flush();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      setTimeout(this.#onDelay, DELAY_MS);
    }
    return true;
  }

  /** Something is being written: what is answered before this runs to its end goes with it. */
  join(): void {
    if (this.#isJoining) return;
    this.#isJoining = true;
    queueMicrotask(this.#onWritten);
  }

  /** @param atOnce - to the socket before this returns: the next message may end the process. */
  flush(atOnce = false): void {
    if (this.#subjects.length === 0 || !isLive(this.#connection.natsConnection)) return;
    const subjects = this.#subjects;
    const words = this.#words;
    const { outbound } = this.#connection;
    try {
      outbound.publishTexts(subjects, words);
      outbound.flush(atOnce);
    } catch {
      // Closed or draining since: these messages are delivered again, as all whose answers are lost.
    }
    subjects.length = words.length = 0;
  }

  readonly #onWritten = (): void => {
    this.#isJoining = false;
    this.flush();
  };

  readonly #onDelay = (): void => {
    this.#isScheduled = false;
    this.flush();
  };
}

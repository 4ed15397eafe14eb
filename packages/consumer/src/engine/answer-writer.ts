import { type Connection, isLive } from "@stationkit/core-protocol";

/** Kept for a connection that comes back, at most; what is answered beyond that comes again. */
const MAX_WAITING = 100_000;
/** Written together at most: about as many as one read of the socket brings messages. */
const BATCH = 256;

/**
 * Collects answers and writes them together: when there are enough, when something else is written anyway, and when the turn of the
 * event loop is over. A `for await` over messages that are there never ends its turn, and each of its answers would be a write of its
 * own. Every write costs the client and the server a system call, which is more than a message does.
 */
export class AnswerWriter {
  readonly #connection: Connection;
  readonly #subjects: string[] = [];
  /** Parallel to `#subjects`. */
  readonly #words: string[] = [];
  #scheduled = false;
  #joins = false;

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
    this.#subjects.push(subject);
    this.#words.push(word);
    if (this.#subjects.length >= BATCH) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(this.#onTurn);
    }
    return true;
  }

  /** Something is being written: what is answered before this runs to its end goes with it. */
  join(): void {
    if (this.#joins) return;
    this.#joins = true;
    queueMicrotask(this.#onWritten);
  }

  flush(): void {
    if (this.#subjects.length === 0 || !isLive(this.#connection.natsConnection)) return;
    const subjects = this.#subjects;
    const words = this.#words;
    const { outbound } = this.#connection;
    try {
      outbound.publishTexts(subjects, words);
      outbound.flush();
    } catch {
      // Closed or draining since: these messages are delivered again, as all whose answers are lost.
    }
    subjects.length = words.length = 0;
  }

  readonly #onWritten = (): void => {
    this.#joins = false;
    this.flush();
  };

  readonly #onTurn = (): void => {
    this.#scheduled = false;
    this.flush();
  };
}

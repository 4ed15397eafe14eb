import { type Connection, isLive } from "@stationkit/core-protocol";
import { ANSWER } from "./answers.js";

/** Written together at most: enough to fill a packet or two. */
const BATCH = 128;

/**
 * Collects answers and writes them together: when there are enough, and when the turn of the event loop is over. A `for await` over
 * messages that are there never ends its turn, and each of its answers would be a write of its own.
 */
export class AnswerWriter {
  readonly #connection: Connection;
  readonly #subjects: string[] = [];
  /** Parallel to `#subjects`. */
  readonly #words: Uint8Array[] = [];
  #scheduled = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @returns false when there is no socket: nothing was taken. */
  write(subject: string, word: Uint8Array): boolean {
    if (!isLive(this.#connection.natsConnection)) return false;
    this.#subjects.push(subject);
    this.#words.push(word);
    if (this.#subjects.length >= BATCH) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(this.#onTurn);
    }
    return true;
  }

  flush(): void {
    const subjects = this.#subjects;
    const words = this.#words;
    const { outbound } = this.#connection;
    try {
      for (const [i, subject] of subjects.entries()) outbound.publishBare(subject, words[i] ?? ANSWER.ack);
      outbound.flush();
    } catch {
      // Closed or draining since: these messages are delivered again, as all whose answers are lost.
    }
    subjects.length = words.length = 0;
  }

  readonly #onTurn = (): void => {
    this.#scheduled = false;
    this.flush();
  };
}

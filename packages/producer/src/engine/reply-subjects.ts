const ZERO = 48;
const NINE = 57;

/** What waits for an answer. */
export interface Awaiting {
  /** Where the broker answers to, once sent; the same for all tries, so that a late answer to any of them counts. */
  reply: string | undefined;
  /** Kept by `ReplySubjects`. */
  replyPlace: number;
}

/**
 * Which message an answer is for, by the end of its reply subject: `<prefix><place>-<use>`. Places are used again, each with a count of
 * its uses, so that a late answer to a settled message finds nobody. Not a `Map` from growing numbers: it leaves a dead table behind for
 * every few hundred messages, and in each of them messages that then are not collected while they are young.
 */
export class ReplySubjects<Item extends Awaiting> {
  readonly #prefix: string;
  readonly #messages: (Item | undefined)[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** @returns the reply subject of a message, the same one until `release`. */
  of(message: Item): string {
    return (message.reply ??= this.#take(message));
  }

  find(subject: string): Item | undefined {
    let place = 0;
    for (let i = this.#prefix.length; i < subject.length; i++) {
      const code = subject.charCodeAt(i);
      if (code < ZERO || code > NINE) break;
      place = place * 10 + code - ZERO;
    }
    const message = this.#messages[place];
    return message?.reply === subject ? message : undefined;
  }

  /** Does nothing for a message that has none. */
  release(message: Item): void {
    if (message.reply === undefined) return;
    message.reply = undefined;
    this.#messages[message.replyPlace] = undefined;
    this.#free.push(message.replyPlace);
  }

  #take(message: Item): string {
    const place = this.#free.pop() ?? this.#messages.length;
    const use = (this.#uses[place] ?? 0) + 1;
    this.#messages[place] = message;
    this.#uses[place] = use;
    message.replyPlace = place;
    return `${this.#prefix}${place}-${use}`;
  }
}

import type { ConsumerMessage } from "./message.js";

/** Where an iteration takes messages from. */
export interface MessageSource<T> {
  /** A message that is here, handed out; undefined when there is none. */
  take(): ConsumerMessage<T> | undefined;
  /** No message will come any more. */
  readonly isEnded: boolean;
}

type Result<T> = IteratorResult<ConsumerMessage<T>, undefined>;

/** Iterations that share one source. Whoever asks first is served first. */
export class Iterations<T> {
  readonly #source: MessageSource<T>;
  readonly #onFirst: () => void;
  readonly #onNone: () => void;
  readonly #onWaiting: () => void;
  readonly #waiting: { readonly owner: object; readonly resolve: (result: Result<T>) => void }[] = [];
  #open = 0;

  /** @param on - `none`: the last iteration has been left. `waiting`: somebody asks for a message, and there is none. */
  constructor(source: MessageSource<T>, on: { first: () => void; none: () => void; waiting: () => void }) {
    this.#source = source;
    this.#onFirst = on.first;
    this.#onNone = on.none;
    this.#onWaiting = on.waiting;
  }

  /** Whether somebody asks for a message. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  get isActive(): boolean {
    return this.#open > 0;
  }

  begin(): AsyncIterator<ConsumerMessage<T>, undefined> {
    const owner = {};
    let isOpen = true;
    if (this.#open++ === 0) this.#onFirst();
    const leave = (): void => {
      if (!isOpen) return;
      isOpen = false;
      for (const waiter of this.#waiting.filter((one) => one.owner === owner))
        waiter.resolve({ done: true, value: undefined });
      this.#keep((one) => one.owner !== owner);
      if (--this.#open === 0) this.#onNone();
    };
    return {
      next: () => {
        const value = isOpen && this.#waiting.length === 0 ? this.#source.take() : undefined;
        if (value !== undefined) return Promise.resolve({ done: false, value });
        if (isOpen && !this.#source.isEnded) {
          return new Promise((resolve) => {
            this.#waiting.push({ owner, resolve });
            this.#onWaiting();
          });
        }
        leave();
        return Promise.resolve({ done: true, value: undefined });
      },
      return: () => {
        leave();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  /** Serves those who wait: a message has come, or none will come any more. */
  serve(): void {
    for (let waiter = this.#waiting.shift(); waiter !== undefined; waiter = this.#waiting.shift()) {
      // Whoever is about to have a message waits no longer: for a message that is taken, the next one may be asked for.
      const value = this.#source.take();
      if (value !== undefined) waiter.resolve({ done: false, value });
      else if (this.#source.isEnded) waiter.resolve({ done: true, value: undefined });
      else {
        this.#waiting.unshift(waiter);
        // What came may have been unreadable, and nothing was asked for behind it.
        this.#onWaiting();
        return;
      }
    }
  }

  #keep(isKept: (one: { readonly owner: object }) => boolean): void {
    const kept = this.#waiting.filter(isKept);
    this.#waiting.splice(0, this.#waiting.length, ...kept);
  }
}

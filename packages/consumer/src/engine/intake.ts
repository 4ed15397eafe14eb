import type { StationMessage } from "./station-message.js";

const COMPACT_AT = 1_024;

/** Messages that have arrived and that nobody has taken, in the order of their arrival. */
export class Intake {
  #messages: (StationMessage | undefined)[] = [];
  #first = 0;

  get length(): number {
    return this.#messages.length - this.#first;
  }

  push(message: StationMessage): void {
    this.#messages.push(message);
  }

  shift(): StationMessage | undefined {
    const message = this.#messages[this.#first];
    if (message === undefined) return undefined;
    this.#messages[this.#first++] = undefined;
    if (this.#first === this.#messages.length) {
      this.#messages.length = this.#first = 0;
    } else if (this.#first === COMPACT_AT) {
      this.#messages = this.#messages.slice(this.#first);
      this.#first = 0;
    }
    return message;
  }

  /** Takes out all that match, and gives them in order. */
  extract(matches: (message: StationMessage) => boolean): StationMessage[] {
    const taken: StationMessage[] = [];
    const kept: StationMessage[] = [];
    for (const message of this) (matches(message) ? taken : kept).push(message);
    this.#messages = kept;
    this.#first = 0;
    return taken;
  }

  *[Symbol.iterator](): Generator<StationMessage, void, undefined> {
    for (const message of this.#messages.slice(this.#first)) if (message !== undefined) yield message;
  }
}

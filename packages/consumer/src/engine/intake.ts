import type { StationMessage } from "./station-message.js";

const COMPACT_AT = 1_024;

/** Messages that have arrived and that nobody has taken, in the order of their arrival. */
export class Intake {
  /** Used from `#first` to before `#end`. An array that is emptied with every message would be allocated anew for each. */
  #messages: (StationMessage | undefined)[] = [];
  #first = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#first;
  }

  push(message: StationMessage): void {
    this.#messages[this.#end++] = message;
  }

  shift(): StationMessage | undefined {
    const message = this.#messages[this.#first];
    if (message === undefined) return undefined;
    this.#messages[this.#first++] = undefined;
    if (this.#first === this.#end) this.#first = this.#end = 0;
    else if (this.#first === COMPACT_AT) {
      this.#messages = this.#messages.slice(this.#first, this.#end);
      this.#first = 0;
      this.#end = this.#messages.length;
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
    this.#end = kept.length;
    return taken;
  }

  *[Symbol.iterator](): Generator<StationMessage, void, undefined> {
    for (const message of this.#messages.slice(this.#first, this.#end)) if (message !== undefined) yield message;
  }
}

/** A partition's reader, as far as its start goes. */
export interface CautiousReader {
  /** Messages that have ever come. */
  readonly arrivals: number;
  readonly window: { readonly isUnproven: boolean };
  start(): void;
}

/** In which a message comes, if there is one. */
const ARRIVAL_MS = 100;
/** For the answer to the first message of a partition, and of all partitions together. */
const ANSWER_MS = 500;
const ALL_ANSWERS_MS = 5_000;

/**
 * Starts to read partitions. Those with a narrow window one after the other, each when the first message of the one before is answered:
 * a message that kills its reader, life after life, would otherwise take a delivery each time from the same ones of other partitions.
 */
export class CarefulStart {
  #waiting: CautiousReader[] = [];
  #current: CautiousReader | undefined;
  #turnMs = ANSWER_MS;
  #timer: NodeJS.Timeout | undefined;

  start(readers: readonly CautiousReader[]): void {
    this.stop();
    for (const reader of readers) {
      if (reader.window.isUnproven) this.#waiting.push(reader);
      else reader.start();
    }
    this.#turnMs = Math.min(ANSWER_MS, ALL_ANSWERS_MS / Math.max(1, this.#waiting.length));
    this.#next();
  }

  /** Those that have not begun do not begin. */
  stop(): void {
    this.#waiting = [];
    this.#current = undefined;
    clearTimeout(this.#timer);
  }

  /** Called with each answer. */
  progress(): void {
    if (this.#current !== undefined && !this.#current.window.isUnproven) this.#next();
  }

  #next(): void {
    clearTimeout(this.#timer);
    const reader = (this.#current = this.#waiting.shift());
    if (reader === undefined) return;
    const before = reader.arrivals;
    reader.start();
    this.#timer = setTimeout(
      () => {
        if (reader.arrivals === before) this.#next();
        else this.#timer = setTimeout(this.#onPatienceOver, this.#turnMs).unref();
      },
      Math.min(ARRIVAL_MS, this.#turnMs),
    ).unref();
  }

  /** Its first message takes long, and the others cannot wait for ever. */
  readonly #onPatienceOver = (): void => {
    this.#next();
  };
}

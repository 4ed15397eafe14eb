import type { StationMessage } from "./engine/station-message.js";

/** What is done with a message; a promise keeps the next message of its partition waiting. */
export type Handler = (message: StationMessage) => unknown;

/** What a dispatcher needs. */
export interface DispatchTarget {
  readonly handler: Handler;
  /** Hands a message out. @returns false for one that cannot be read: it is dealt with. */
  open(message: StationMessage): boolean;
  failed(error: unknown, message: StationMessage): void;
  /** A handler has ended. */
  done(): void;
}

/** Hands messages to one handler: of each partition in order, one after the other; partitions do not wait for each other. */
export class Dispatcher {
  readonly #target: DispatchTarget;
  /** Partitions whose handler has not ended, with the messages that wait for it. */
  readonly #busy = new Map<number, StationMessage[]>();

  constructor(target: DispatchTarget) {
    this.#target = target;
  }

  /** Messages that wait, and handlers that run. */
  get pending(): number {
    let sum = 0;
    for (const waiting of this.#busy.values()) sum += waiting.length + 1;
    return sum;
  }

  /** Whether a handler of the partition has not ended. */
  isBusy(partition: number): boolean {
    return this.#busy.has(partition);
  }

  /** Messages that wait for a handler to end. */
  get waiting(): readonly StationMessage[] {
    return [...this.#busy.values()].flat();
  }

  dispatch(message: StationMessage): void {
    if (this.#busy.size > 0) {
      const waiting = this.#busy.get(message.partition);
      if (waiting !== undefined) {
        waiting.push(message);
        return;
      }
    }
    const running = this.#call(message);
    if (running !== undefined) void this.#continue(message.partition, running);
  }

  /** Takes out what waits and matches. */
  takeWaiting(matches: (message: StationMessage) => boolean = () => true): StationMessage[] {
    return [...this.#busy.values()].flatMap((waiting) => {
      const all = waiting.splice(0);
      waiting.push(...all.filter((message) => !matches(message)));
      return all.filter(matches);
    });
  }

  async #continue(partition: number, first: Promise<void>): Promise<void> {
    const waiting: StationMessage[] = [];
    this.#busy.set(partition, waiting);
    await first;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await this.#call(next);
    this.#busy.delete(partition);
    this.#target.done();
  }

  /** @returns a promise that never rejects, when the handler has given one. */
  #call(message: StationMessage): Promise<void> | undefined {
    if (!this.#target.open(message)) return undefined;
    let result: unknown;
    try {
      result = this.#target.handler(message);
    } catch (error) {
      this.#target.failed(error, message);
      return undefined;
    }
    if (!isThenable(result)) return undefined;
    return Promise.resolve(result).then(
      () => undefined,
      (error: unknown) => {
        this.#target.failed(error, message);
      },
    );
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}

/** Messages that were handed out in the same span of time. */
export interface Cohort {
  readonly tick: number;
  messages: number;
  bytes: number;
  /** Their time is over: the server delivers again what is left of them. */
  forgotten: boolean;
}

/**
 * Counts the messages that are in their readers' hands and unanswered, by the span of time in which they were handed out, so that those
 * which are never answered do not count for ever. A count per span costs less than a list of messages.
 */
export class HandedOut {
  readonly #lifeTicks: number;
  readonly #cohorts: Cohort[] = [];
  #current: Cohort | undefined;

  /** @param lifeTicks - after so many ticks a message counts no longer. */
  constructor(lifeTicks: number) {
    this.#lifeTicks = lifeTicks;
  }

  get messages(): number {
    let sum = 0;
    for (const cohort of this.#cohorts) sum += cohort.messages;
    return sum;
  }

  /** @returns the cohort that the message belongs to from now on. */
  add(tick: number, bytes: number): Cohort {
    if (this.#current?.tick !== tick) {
      this.#current = { tick, messages: 0, bytes: 0, forgotten: false };
      this.#cohorts.push(this.#current);
    }
    this.#current.messages++;
    this.#current.bytes += bytes;
    return this.#current;
  }

  /** @returns false when the message was forgotten before. */
  remove(cohort: Cohort, bytes: number): boolean {
    if (cohort.forgotten) return false;
    cohort.messages--;
    cohort.bytes -= bytes;
    return true;
  }

  /** @returns what is forgotten now. */
  advance(tick: number): { readonly messages: number; readonly bytes: number } {
    let messages = 0;
    let bytes = 0;
    for (let cohort = this.#cohorts[0]; cohort !== undefined; cohort = this.#cohorts[0]) {
      if (tick - cohort.tick <= this.#lifeTicks) break;
      this.#cohorts.shift();
      cohort.forgotten = true;
      messages += cohort.messages;
      bytes += cohort.bytes;
      if (cohort === this.#current) this.#current = undefined;
    }
    return { messages, bytes };
  }
}

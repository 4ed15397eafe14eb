/** Messages that were handed out in the same span of time. */
export interface Cohort {
  readonly tick: number;
  messages: number;
  /** Of these: those that keep their room until they are answered, and what they take of it. */
  keptMessages: number;
  keptBytes: number;
  /** Their time is over: the server delivers again what is left of them. */
  forgotten: boolean;
}

/** A message as it was when it was handed out. */
export interface HandedOutMessage {
  readonly sizeBytes: number;
  readonly keepsRoom: boolean;
}

/** What is forgotten at a time. */
export type Forgotten = Pick<Cohort, "messages" | "keptMessages" | "keptBytes">;

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
  add(tick: number, message: HandedOutMessage): Cohort {
    if (this.#current?.tick !== tick) {
      this.#current = { tick, messages: 0, keptMessages: 0, keptBytes: 0, forgotten: false };
      this.#cohorts.push(this.#current);
    }
    this.#current.messages++;
    if (message.keepsRoom) {
      this.#current.keptMessages++;
      this.#current.keptBytes += message.sizeBytes;
    }
    return this.#current;
  }

  /** @returns false when the message was forgotten before. */
  remove(cohort: Cohort, message: HandedOutMessage): boolean {
    if (cohort.forgotten) return false;
    cohort.messages--;
    if (message.keepsRoom) {
      cohort.keptMessages--;
      cohort.keptBytes -= message.sizeBytes;
    }
    return true;
  }

  /** @returns what is forgotten now. */
  advance(tick: number): Forgotten {
    const sum = { messages: 0, keptMessages: 0, keptBytes: 0 };
    for (let cohort = this.#cohorts[0]; cohort !== undefined; cohort = this.#cohorts[0]) {
      if (tick - cohort.tick <= this.#lifeTicks) break;
      this.#cohorts.shift();
      cohort.forgotten = true;
      sum.messages += cohort.messages;
      sum.keptMessages += cohort.keptMessages;
      sum.keptBytes += cohort.keptBytes;
      if (cohort === this.#current) this.#current = undefined;
    }
    return sum;
  }
}

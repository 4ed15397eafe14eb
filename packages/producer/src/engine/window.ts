import { LinkedQueue, type Linked } from "./linked-queue.js";

/** A call that waits for room. */
export interface Waiter extends Linked<Waiter> {
  readonly sizeBytes: number;
  /** Point in time, milliseconds since 1970. */
  readonly deadline: number;
  /** Called once, when there is room; the room is taken already. */
  readonly admit: () => void;
  /** Called once, instead, when the deadline has passed. */
  readonly expire: () => void;
}

/** How much may be unacknowledged. */
export interface WindowLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/**
 * Admission by count and bytes. A message is let in while both limits are not yet reached, so that one message of any size
 * always passes an empty window. Waiters are let in strictly in order, as many as there is room for: only what was let in
 * counts, never who waits.
 */
export class Window {
  readonly #limits: WindowLimits;
  readonly #waiters = new LinkedQueue<Waiter>();
  #messages = 0;
  #bytes = 0;
  /** Current share of `maxMessages`; below it while the broker asks to slow down. */
  #allowedMessages: number;
  #acksUntilGrowth = 0;
  #isAdmitting = false;
  /** No waiter's deadline is before this. */
  #soonestDeadline = Number.POSITIVE_INFINITY;

  constructor(limits: WindowLimits) {
    this.#limits = limits;
    this.#allowedMessages = limits.maxMessages;
  }

  get messages(): number {
    return this.#messages;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** True when a message would have to wait. */
  get isFull(): boolean {
    return this.#waiters.size > 0 || !this.#hasRoom();
  }

  /** @returns false when the message would have to wait. */
  tryAdmit(sizeBytes: number): boolean {
    if (this.isFull) return false;
    this.#take(sizeBytes);
    return true;
  }

  wait(waiter: Waiter): void {
    this.#waiters.push(waiter);
    this.#soonestDeadline = Math.min(this.#soonestDeadline, waiter.deadline);
  }

  /** The waiter must still be waiting. */
  giveUp(waiter: Waiter): void {
    this.#waiters.remove(waiter);
  }

  /** Sends away those whose deadline has passed. */
  expire(now: number): void {
    if (now < this.#soonestDeadline) return;
    this.#soonestDeadline = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiters) {
      if (waiter.deadline <= now) {
        this.#waiters.remove(waiter);
        waiter.expire();
      } else this.#soonestDeadline = Math.min(this.#soonestDeadline, waiter.deadline);
    }
  }

  release(sizeBytes: number): void {
    this.#messages--;
    this.#bytes -= sizeBytes;
    this.#admitWaiters();
  }

  /** The broker asked to slow down: half as many messages from now on. */
  shrink(): void {
    this.#allowedMessages = Math.max(1, Math.floor(this.#allowedMessages / 2));
    this.#acksUntilGrowth = this.#allowedMessages;
  }

  /** The broker stored a message: after a whole window of these, a quarter more is allowed, up to the limit. */
  recover(): void {
    if (this.#allowedMessages >= this.#limits.maxMessages || --this.#acksUntilGrowth > 0) return;
    this.#allowedMessages = Math.min(
      this.#limits.maxMessages,
      this.#allowedMessages + Math.ceil(this.#allowedMessages / 4),
    );
    this.#acksUntilGrowth = this.#allowedMessages;
    this.#admitWaiters();
  }

  #hasRoom(): boolean {
    return this.#messages < this.#allowedMessages && this.#bytes < this.#limits.maxBytes;
  }

  #take(sizeBytes: number): void {
    this.#messages++;
    this.#bytes += sizeBytes;
  }

  #admitWaiters(): void {
    // One that is let in may end at once and make room for the next: the loop below takes that one, not a call in a call.
    if (this.#isAdmitting) return;
    this.#isAdmitting = true;
    let waiter = this.#waiters.first;
    while (waiter !== undefined && this.#hasRoom()) {
      this.#waiters.remove(waiter);
      this.#take(waiter.sizeBytes);
      waiter.admit();
      waiter = this.#waiters.first;
    }
    this.#isAdmitting = false;
  }
}

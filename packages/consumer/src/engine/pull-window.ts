/** How much one pull request asks for. */
export interface Pull {
  readonly messages: number;
  /** undefined: a single message, however large. */
  readonly bytes: number | undefined;
}

/** What a window may contain at most. */
export interface WindowLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** A window begins with so many messages, if it may have as many. */
const FIRST_MESSAGES = 32;
/** And is never smaller, unless it is narrowed. */
const LEAST_MESSAGES = 4;
/** A reader that is through with half of the window in less time gets a window of twice the size. */
const QUICK_MS = 100;
/** One that takes longer gets half of it: what waits for a slow reader is kept from other members. */
const SLOW_MS = 1_000;

/**
 * How much of a partition is asked for and here, so that neither count nor bytes get out of hand. What is asked for counts as if it were
 * here already. A message larger than `maxBytes` is asked for alone, when nothing else is here.
 *
 * The count follows the reader, within the limits: to a server, few large requests are less work than many small ones (of 8 partitions
 * 2,000 messages each instead of 250 take it 10 % less time), and only a reader that is quick has use for them.
 *
 * A message that kills its reader takes a delivery from all that are here beside it. Where that may be going on, the window is
 * narrowed to one message. It grows with what is answered, as a congestion window does, and with time; as long as the message may still
 * be on its way back, it stays at one, but for readers that answer only when they have many.
 *
 * A reader that has stood still gets one message when it wants one, and nothing beside it, until it has shown that it moves again.
 */
export class PullWindow {
  #limits: WindowLimits;
  readonly #now: () => number;
  #maxMessages: number;
  /** Since the last request. */
  #released = 0;
  #askedAt: number | undefined;
  /** Messages at most while it is narrowed. */
  #widthMessages: number = Number.POSITIVE_INFINITY;
  #narrowTicks = 0;
  #isUnproven = false;
  #isHeld = false;
  #askedMessages = 0;
  #askedBytes = 0;
  #heldMessages = 0;
  #heldBytes = 0;
  /** What the next message takes at least, when the last request had too little room for it. */
  #neededBytes = 0;

  /** @param now - milliseconds of a clock that does not jump. */
  constructor(limits: WindowLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
    this.#maxMessages = firstMessages(limits);
  }

  /** What is here and asked for stays as it is. */
  resize(limits: WindowLimits): void {
    this.#limits = limits;
    this.#maxMessages = Math.min(this.#maxMessages, limits.maxMessages);
  }

  /** One message at a time for now. @param ticks - for which nothing widens it again. */
  narrow(ticks = 0): void {
    this.#widthMessages = 1;
    this.#narrowTicks = Math.max(this.#narrowTicks, ticks);
    this.#isUnproven = true;
  }

  /** Narrowed, and nothing was answered since. */
  get isUnproven(): boolean {
    return this.#isUnproven;
  }

  /** A message was answered: its reader lives. @param byMessages - 0 for one of which there may be more that must not wait here. */
  widen(byMessages: 0 | 1 = 1): void {
    if (this.#widthMessages >= this.#limits.maxMessages) return;
    this.#isUnproven = false;
    if (this.#narrowTicks === 0) this.#widthMessages += byMessages;
  }

  /** Some time has passed: for readers that answer only when they have many, too. */
  tick(mayWiden = true): void {
    if (this.#widthMessages >= this.#limits.maxMessages) return;
    if (this.#narrowTicks > 0) {
      this.#narrowTicks--;
      if (mayWiden && this.#heldMessages >= this.#widthMessages) this.#widthMessages++;
    } else if (mayWiden) this.#widthMessages *= 2;
  }

  /** The message may still be on its way back. */
  get isCareful(): boolean {
    return this.#narrowTicks > 0;
  }

  /** There is none on its way back any more. */
  relax(): void {
    this.#narrowTicks = 0;
  }

  /** The reader stands still. */
  hold(): void {
    this.#isHeld = true;
    this.#maxMessages = leastMessages(this.#limits);
  }

  /** The reader moves. */
  letGo(): void {
    this.#isHeld = false;
  }

  /** The reader has stood still. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** One message at a time: then none is to wait here that nobody wants yet. */
  get isOneByOne(): boolean {
    return this.#isHeld || this.#widthMessages === 1;
  }

  /** Messages that were asked for and have not come. */
  get asked(): number {
    return this.#askedMessages;
  }

  get held(): number {
    return this.#heldMessages;
  }

  /**
   * The next request, as soon as half of the window is free, and takes it down as asked for.
   * @returns undefined while there is too little room.
   */
  next(): Pull | undefined {
    const { maxBytes } = this.#limits;
    const maxMessages = this.#roomMessages;
    const messages = maxMessages - this.#askedMessages - this.#heldMessages;
    const bytes = maxBytes - this.#askedBytes - this.#heldBytes;
    if (this.#neededBytes > maxBytes) {
      return messages === maxMessages ? this.ask({ messages: 1, bytes: undefined }) : undefined;
    }
    if (messages < 1 || messages * 2 < maxMessages) return undefined;
    if (bytes < Math.max(1, this.#neededBytes) || bytes * 2 < maxBytes) return undefined;
    this.#follow();
    return this.ask({ messages: Math.max(1, this.#roomMessages - this.#askedMessages - this.#heldMessages), bytes });
  }

  /** Takes a request down that is made without regard to the limits. */
  ask(pull: Pull): Pull {
    this.#askedMessages += pull.messages;
    this.#askedBytes += pull.bytes ?? 0;
    return pull;
  }

  arrive(bytes: number): void {
    this.#heldMessages++;
    this.#heldBytes += bytes;
    this.#neededBytes = 0;
    this.#end(1, bytes);
  }

  /** A message is no longer here. */
  release(bytes: number, messages = 1): void {
    this.#released += messages;
    this.#heldMessages = Math.max(0, this.#heldMessages - messages);
    this.#heldBytes = this.#heldMessages === 0 ? 0 : Math.max(0, this.#heldBytes - bytes);
  }

  /** So much of what was asked for will not come. @param tooLarge - since the next message takes more than these bytes. */
  end(messages: number, bytes: number, tooLarge = false): void {
    this.#end(messages, bytes);
    if (tooLarge) this.#neededBytes = bytes + 1;
  }

  /** Nothing of what was asked for will come. */
  reset(): void {
    this.#askedMessages = this.#askedBytes = 0;
  }

  get #roomMessages(): number {
    return this.#isHeld ? 1 : Math.min(this.#maxMessages, this.#widthMessages);
  }

  /** Sets the size by what the reader has done since the last request. */
  #follow(): void {
    const before = this.#maxMessages;
    const now = this.#now();
    const tookMs = now - (this.#askedAt ?? now);
    const { maxMessages } = this.#limits;
    if (tookMs < QUICK_MS && this.#released * 2 >= before) this.#maxMessages = Math.min(before * 2, maxMessages);
    else if (tookMs > SLOW_MS) this.#maxMessages = Math.max(Math.floor(before / 2), leastMessages(this.#limits));
    this.#askedAt = now;
    this.#released = 0;
  }

  #end(messages: number, bytes: number): void {
    this.#askedMessages = Math.max(0, this.#askedMessages - messages);
    this.#askedBytes = this.#askedMessages === 0 ? 0 : Math.max(0, this.#askedBytes - bytes);
  }
}

function firstMessages({ maxMessages }: WindowLimits): number {
  return Math.min(FIRST_MESSAGES, maxMessages);
}

function leastMessages({ maxMessages }: WindowLimits): number {
  return Math.min(LEAST_MESSAGES, maxMessages);
}

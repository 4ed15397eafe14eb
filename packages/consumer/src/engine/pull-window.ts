/** How much one pull request asks for. */
export interface Pull {
  readonly messages: number;
  /** undefined: a single message, however large. */
  readonly bytes: number | undefined;
}

/** What a window may contain. */
export interface WindowLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/**
 * How much of a partition is asked for and here, so that neither count nor bytes get out of hand. What is asked for counts as if it were
 * here already. A message larger than `maxBytes` is asked for alone, when nothing else is here.
 *
 * A message that kills its reader takes a delivery from all that are here beside it. Where that may be going on, the window is
 * narrowed to one message. It grows with what is answered, as a congestion window does; or, as long as the message may still be on
 * its way back, with time alone.
 */
export class PullWindow {
  #limits: WindowLimits;
  /** Messages at most, when that is less than the limit. */
  #widthMessages: number = Number.POSITIVE_INFINITY;
  #narrowTicks = 0;
  #isUnproven = false;
  #askedMessages = 0;
  #askedBytes = 0;
  #heldMessages = 0;
  #heldBytes = 0;
  /** What the next message takes at least, when the last request had too little room for it. */
  #neededBytes = 0;

  constructor(limits: WindowLimits) {
    this.#limits = limits;
  }

  /** What is here and asked for stays as it is. */
  resize(limits: WindowLimits): void {
    this.#limits = limits;
  }

  /** One message at a time for now. @param ticks - for which answers do not widen it again. */
  narrow(ticks = 0): void {
    this.#widthMessages = 1;
    this.#narrowTicks = Math.max(this.#narrowTicks, ticks);
    this.#isUnproven = true;
  }

  /** Narrowed, and nothing was answered since. */
  get isUnproven(): boolean {
    return this.#isUnproven;
  }

  /** A message was answered: its reader lives. */
  widen(): void {
    if (this.#widthMessages >= this.#limits.maxMessages) return;
    this.#isUnproven = false;
    if (this.#narrowTicks === 0) this.#widthMessages++;
  }

  /** Some time has passed: for readers that answer only when they have many, too. */
  tick(): void {
    if (this.#widthMessages >= this.#limits.maxMessages) return;
    if (this.#narrowTicks === 0) this.#widthMessages *= 2;
    else {
      this.#narrowTicks--;
      this.#widthMessages++;
    }
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
    const maxMessages = Math.min(this.#limits.maxMessages, this.#widthMessages);
    const messages = maxMessages - this.#askedMessages - this.#heldMessages;
    const bytes = maxBytes - this.#askedBytes - this.#heldBytes;
    if (this.#neededBytes > maxBytes) {
      return messages === maxMessages ? this.ask({ messages: 1, bytes: undefined }) : undefined;
    }
    if (messages < 1 || messages * 2 < maxMessages) return undefined;
    if (bytes < Math.max(1, this.#neededBytes) || bytes * 2 < maxBytes) return undefined;
    return this.ask({ messages, bytes });
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

  #end(messages: number, bytes: number): void {
    this.#askedMessages = Math.max(0, this.#askedMessages - messages);
    this.#askedBytes = this.#askedMessages === 0 ? 0 : Math.max(0, this.#askedBytes - bytes);
  }
}

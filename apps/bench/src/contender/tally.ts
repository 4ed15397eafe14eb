/** What a reader is to get, and what it has got: every message is looked at, whoever reads it. */
export class Tally {
  readonly messages: number;
  readonly #sizeBytes: number;
  #count = 0;
  #bytes = 0;

  /** @param sizeBytes - of each message. */
  constructor(messages: number, sizeBytes: number) {
    this.messages = messages;
    this.#sizeBytes = sizeBytes;
  }

  /** @returns true for the last message, and for those that are too many. */
  count(data: Uint8Array): boolean {
    this.#bytes += data.length;
    return ++this.#count >= this.messages;
  }

  /** @throws {Error} unless everything was read, and nothing else. */
  requireComplete(): void {
    const bytes = this.messages * this.#sizeBytes;
    if (this.#count === this.messages && this.#bytes === bytes) return;
    throw new Error(`read ${this.#count} messages of ${this.#bytes} bytes, not ${this.messages} of ${bytes}`);
  }
}

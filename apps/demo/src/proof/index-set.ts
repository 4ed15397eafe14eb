const FIRST_BYTES = 1_024;

/** A set of indexes from 0, at one bit each. */
export class IndexSet {
  #bits = new Uint8Array(FIRST_BYTES);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns false when it was there already. */
  add(index: number): boolean {
    const byte = Math.floor(index / 8);
    if (byte >= this.#bits.length) this.#grow(byte + 1);
    const mask = 1 << (index % 8);
    const bits = this.#bits[byte] ?? 0;
    if ((bits & mask) !== 0) return false;
    this.#bits[byte] = bits | mask;
    this.#size++;
    return true;
  }

  /** The lowest indexes below `end` that are not in the set, `limit` at most. */
  missingBelow(end: number, limit: number): number[] {
    const missing: number[] = [];
    for (let index = 0; index < end && missing.length < limit; index++) {
      if (((this.#bits[Math.floor(index / 8)] ?? 0) & (1 << (index % 8))) === 0) missing.push(index);
    }
    return missing;
  }

  #grow(bytes: number): void {
    const grown = new Uint8Array(Math.max(bytes, this.#bits.length * 2));
    grown.set(this.#bits);
    this.#bits = grown;
  }
}

/**
 * Knows when everything that began before a certain moment has ended, while new things keep beginning: a flush closes a
 * generation and waits for it and all before it.
 */
export class FlushTracker {
  /** Generations that still have something open, with how much; insertion order is age. */
  readonly #open = new Map<number, number>();
  readonly #waiting: { readonly generation: number; readonly resolve: () => void }[] = [];
  #generation = 0;

  /** @returns the generation to give back to `end`. */
  begin(): number {
    this.#open.set(this.#generation, (this.#open.get(this.#generation) ?? 0) + 1);
    return this.#generation;
  }

  end(generation: number): void {
    const left = (this.#open.get(generation) ?? 1) - 1;
    if (left > 0) {
      this.#open.set(generation, left);
      return;
    }
    this.#open.delete(generation);
    if (this.#waiting.length > 0) this.#release();
  }

  /** Resolves when everything begun before this call has ended. */
  async flush(): Promise<void> {
    if (this.#open.size === 0) return;
    const generation = this.#generation++;
    await new Promise<void>((resolve) => this.#waiting.push({ generation, resolve }));
  }

  #release(): void {
    const oldest = this.#open.keys().next().value ?? Number.POSITIVE_INFINITY;
    while (this.#waiting[0] !== undefined && this.#waiting[0].generation < oldest) this.#waiting.shift()?.resolve();
  }
}

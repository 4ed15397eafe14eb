/** What is waited for. */
export interface StillnessParts {
  /** Messages in anybody's hands, or here to be handed out. */
  readonly inHand: () => number;
  /** Whether answers can still be given. */
  readonly isConnected: () => boolean;
  /** Milliseconds without any answer, after which no more are expected. */
  readonly patienceMs: number;
}

/** Waits until nothing is in hand any more, as long as something moves. */
export class Stillness {
  readonly #parts: StillnessParts;
  #onMoved: () => void = () => undefined;

  constructor(parts: StillnessParts) {
    this.#parts = parts;
  }

  /** Something was answered, or has ended. */
  moved(): void {
    this.#onMoved();
  }

  async wait(): Promise<void> {
    const { inHand, isConnected, patienceMs } = this.#parts;
    while (inHand() > 0 && isConnected()) {
      const hasMoved = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => {
          resolve(false);
        }, patienceMs);
        this.#onMoved = () => {
          clearTimeout(timer);
          resolve(true);
        };
      });
      if (!hasMoved) return;
    }
  }
}

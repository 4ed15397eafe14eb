/** What a pull loop drives. */
export interface PullLoopParts<Message> {
  /** From the beginning of one batch to the beginning of the next, milliseconds. */
  readonly intervalMs: number;
  readonly fetch: () => Promise<readonly Message[]>;
  readonly deliver: (message: Message) => void;
  /** A message that came too late to be delivered. */
  readonly giveBack: (message: Message) => void;
  readonly failed: (error: unknown) => void;
}

/** Fetches a batch every so often, for as long as it runs. */
export class PullLoop<Message> {
  readonly #parts: PullLoopParts<Message>;
  #running: { readonly stop: () => void } | undefined;

  constructor(parts: PullLoopParts<Message>) {
    this.#parts = parts;
  }

  /** Once it runs, this does nothing. */
  start(): void {
    if (this.#running !== undefined) return;
    const ending = new AbortController();
    this.#running = {
      stop: () => {
        ending.abort();
      },
    };
    void this.#run(ending.signal);
  }

  stop(): void {
    this.#running?.stop();
    this.#running = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = performance.now() + this.#parts.intervalMs;
      await this.#pull(signal);
      await until(next, signal);
    }
  }

  async #pull(signal: AbortSignal): Promise<void> {
    try {
      for (const message of await this.#parts.fetch()) {
        if (signal.aborted) this.#parts.giveBack(message);
        else this.#parts.deliver(message);
      }
    } catch (error) {
      if (!signal.aborted) this.#parts.failed(error);
    }
  }
}

async function until(time: number, signal: AbortSignal): Promise<void> {
  const left = time - performance.now();
  if (left <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, left);
    signal.addEventListener("abort", done);
  });
}

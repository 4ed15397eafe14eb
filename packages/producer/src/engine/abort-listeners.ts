import { AbortedError } from "@stationkit/core-protocol";

interface Shared {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

/**
 * Calls back when a signal fires, with one listener per signal however many messages share it: Node warns above ten. A signal that
 * lives as long as the process keeps no listener once its messages are settled.
 */
export class AbortListeners {
  readonly #shared = new Map<AbortSignal, Shared>();

  /** @returns how to take `callback` back. */
  add(signal: AbortSignal, callback: () => void): () => void {
    const { callbacks, listener } = this.#shared.get(signal) ?? this.#listen(signal);
    callbacks.add(callback);
    return () => {
      if (!callbacks.delete(callback) || callbacks.size > 0) return;
      signal.removeEventListener("abort", listener);
      this.#shared.delete(signal);
    };
  }

  #listen(signal: AbortSignal): Shared {
    const callbacks = new Set<() => void>();
    const listener = (): void => {
      // Not a copy: one callback may take back others, which must not be called then.
      for (const callback of callbacks) callback();
    };
    const shared = { callbacks, listener };
    this.#shared.set(signal, shared);
    signal.addEventListener("abort", listener, { once: true });
    return shared;
  }
}

/** @param outcome - `unknown` when the message had been sent. */
export function abortedError(signal: AbortSignal, outcome: "not-sent" | "unknown"): AbortedError {
  const what = outcome === "not-sent" ? "before it was sent" : "while it was on its way: it may be stored";
  return new AbortedError(`the message was aborted ${what}`, outcome, { cause: signal.reason });
}

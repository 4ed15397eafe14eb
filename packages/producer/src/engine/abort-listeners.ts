/** Calls back when a signal fires, with one listener per signal however many messages share it: Node warns above ten. */
export class AbortListeners {
  readonly #callbacks = new WeakMap<AbortSignal, Set<() => void>>();

  /** @returns how to take `callback` back. */
  add(signal: AbortSignal, callback: () => void): () => void {
    const callbacks = this.#callbacks.get(signal) ?? this.#listen(signal);
    callbacks.add(callback);
    return () => callbacks.delete(callback);
  }

  #listen(signal: AbortSignal): Set<() => void> {
    const callbacks = new Set<() => void>();
    this.#callbacks.set(signal, callbacks);
    signal.addEventListener(
      "abort",
      () => {
        // Not a copy: one callback may take back others, which must not be called then.
        for (const callback of callbacks) callback();
      },
      { once: true },
    );
    return callbacks;
  }
}

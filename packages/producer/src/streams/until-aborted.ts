/** Gives the items of a source until the signal fires, also while the source keeps it waiting for the next one. */
export async function* untilAborted<Item>(
  source: Iterable<Item> | AsyncIterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  try {
    for (;;) {
      const result = await nextOrAborted(iterator, signal);
      if (result?.done !== false) return;
      yield result.value;
    }
  } finally {
    // A source that is busy answers this when it is done; nobody waits for that.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

function nextOrAborted<Item>(
  iterator: Iterator<Item> | AsyncIterator<Item>,
  signal: AbortSignal,
): Promise<IteratorResult<Item> | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      resolve(undefined);
      return;
    }
    const onAbort = (): void => {
      resolve(undefined);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    Promise.resolve(iterator.next())
      .finally(() => {
        signal.removeEventListener("abort", onAbort);
      })
      .then(resolve, reject);
  });
}

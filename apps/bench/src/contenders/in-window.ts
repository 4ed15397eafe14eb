/**
 * Keeps up to `window` sends under way: the next one starts as soon as any is acknowledged.
 * @throws the first failure, after the sends under way have ended.
 */
export async function sendInWindow(count: number, window: number, send: () => Promise<unknown>): Promise<void> {
  let inFlight = 0;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  const settled = (): void => {
    inFlight--;
    wake?.();
  };
  const failed = (error: unknown): void => {
    failure ??= { error };
    settled();
  };
  const untilBelow = async (limit: number): Promise<void> => {
    while (inFlight >= limit) await new Promise<void>((resolve) => (wake = resolve));
  };
  for (let sent = 0; sent < count && failure === undefined; sent++) {
    if (inFlight >= window) await untilBelow(window);
    inFlight++;
    send().then(settled, failed);
  }
  await untilBelow(1);
  if (failure !== undefined) throw failure.error;
}

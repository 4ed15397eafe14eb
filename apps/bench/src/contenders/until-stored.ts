import { setTimeout as sleep } from "node:timers/promises";
import type { Arena } from "../contender/contender.js";

const STALLED_MS = 10_000;

/**
 * Resolves when the station holds at least `total` messages.
 * @throws {Error} when nothing has arrived for ten seconds: messages were lost, since nobody sends the rest.
 */
export async function untilStored({ stored }: Pick<Arena, "stored">, total: number): Promise<void> {
  let last = await stored();
  let changedAt = performance.now();
  while (last < total) {
    await sleep(1);
    const now = await stored();
    if (now > last) changedAt = performance.now();
    else if (performance.now() - changedAt > STALLED_MS)
      throw new Error(`the station holds ${now} of ${total} messages`);
    last = now;
  }
}

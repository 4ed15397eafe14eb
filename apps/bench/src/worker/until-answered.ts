import { setTimeout as sleep } from "node:timers/promises";
import type { GroupProgress } from "./job.js";

const STALLED_MS = 10_000;

/**
 * Resolves when the server has an answer to every message that it has delivered, which were all, each once.
 * @throws {Error} when it was otherwise, or no answer has arrived for ten seconds.
 */
export async function untilAnswered(progress: () => Promise<GroupProgress>, messages: number): Promise<void> {
  let last = await progress();
  let changedAt = performance.now();
  while (answersIn(last) < messages) {
    await sleep(1);
    const now = await progress();
    if (answersIn(now) > answersIn(last)) changedAt = performance.now();
    else if (performance.now() - changedAt > STALLED_MS) throw new Error(describe(now, messages));
    last = now;
  }
  const { deliveries, unanswered, undelivered } = last;
  if (deliveries !== messages || unanswered > 0 || undelivered > 0) throw new Error(describe(last, messages));
}

function answersIn({ deliveries, unanswered }: GroupProgress): number {
  return deliveries - unanswered;
}

function describe({ deliveries, unanswered, undelivered }: GroupProgress, messages: number): string {
  return `of ${messages} messages there were ${deliveries} deliveries, ${unanswered} of them unanswered, and ${undelivered} are still to come`;
}

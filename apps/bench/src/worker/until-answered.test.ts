import { describe, expect, it } from "vitest";
import type { GroupProgress } from "./job.js";
import { untilAnswered } from "./until-answered.js";

/** Tells one state after the other, and the last one from then on. */
function tell(...states: readonly GroupProgress[]): () => Promise<GroupProgress> {
  let next = 0;
  return () => Promise.resolve(states[Math.min(next++, states.length - 1)]!);
}

describe("waiting for the answers of a group", () => {
  const done = { deliveries: 10, unanswered: 0, undelivered: 0 };

  it("ends when the server has all of them", async () => {
    const progress = tell(
      { deliveries: 8, unanswered: 8, undelivered: 2 },
      { deliveries: 10, unanswered: 3, undelivered: 0 },
      done,
    );
    await untilAnswered(progress, 10);
    expect(await progress()).toBe(done);
  });

  it.each([
    ["a message was delivered twice", { ...done, deliveries: 11 }],
    ["a message was answered, and another delivery of it was not", { ...done, deliveries: 11, unanswered: 1 }],
    ["there is another message", { ...done, undelivered: 1 }],
  ])("fails when %s", async (_, state) => {
    await expect(untilAnswered(tell(state), 10)).rejects.toThrow("of 10 messages there were");
  });
});

import { describe, expect, it } from "vitest";
import { SendScheduler } from "./send-scheduler.js";

const turn = (): Promise<unknown> => new Promise(setImmediate);

describe("SendScheduler", () => {
  it("lets each sender advance once, at the end of the turn, in the order of the calls", async () => {
    const scheduler = new SendScheduler();
    const advanced: string[] = [];
    const [a, b] = ["a", "b"].map((name) => ({ advance: () => advanced.push(name) }));
    for (const sender of [a!, b!, a!, b!]) scheduler.schedule(sender);
    await Promise.resolve();
    expect(advanced).toEqual([]);
    await turn();
    expect(advanced).toEqual(["a", "b"]);
    await turn();
    expect(advanced).toEqual(["a", "b"]);
  });

  it("takes what is scheduled while senders advance in the next turn", async () => {
    const scheduler = new SendScheduler();
    let advanced = 0;
    const sender = {
      advance: () => {
        if (++advanced < 3) scheduler.schedule(sender);
      },
    };
    scheduler.schedule(sender);
    await turn();
    expect(advanced).toBe(1);
    await turn();
    await turn();
    await turn();
    expect(advanced).toBe(3);
  });
});

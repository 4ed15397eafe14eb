import { describe, expect, it } from "vitest";
import { Iterations } from "./iteration.js";
import type { ConsumerMessage } from "./message.js";

function create() {
  const messages: number[] = [];
  const state = { isEnded: false, begun: 0, left: 0, asked: 0 };
  const source = {
    take: () => messages.shift() as unknown as ConsumerMessage | undefined,
    get isEnded() {
      return state.isEnded;
    },
  };
  const iterations = new Iterations(source, {
    first: () => state.begun++,
    none: () => state.left++,
    waiting: () => state.asked++,
  });
  return { messages, state, iterations };
}

describe("Iterations", () => {
  it("give what is there at once, and what comes to whoever asked first", async () => {
    const { messages, state, iterations } = create();
    messages.push(1);
    const [a, b] = [iterations.begin(), iterations.begin()];
    expect(await a.next()).toEqual({ done: false, value: 1 });
    expect([state.asked, iterations.isWaiting]).toEqual([0, false]);
    const waiting = [b.next(), a.next(), a.next()];
    expect([state.asked, iterations.isWaiting]).toEqual([3, true]);
    messages.push(2, 3, 4);
    iterations.serve();
    expect(iterations.isWaiting).toBe(false);
    expect(await Promise.all(waiting)).toEqual([2, 3, 4].map((value) => ({ done: false, value })));
  });

  it("end with their source, after what is there", async () => {
    const { messages, state, iterations } = create();
    const iterator = iterations.begin();
    messages.push(1);
    state.isEnded = true;
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(state.left).toBe(1);
  });

  it("are each left alone; the first and the last are told of", async () => {
    const { messages, state, iterations } = create();
    const [a, b] = [iterations.begin(), iterations.begin()];
    const [waitingA, waitingB] = [a.next(), b.next()];
    await a.return?.();
    expect(await waitingA).toEqual({ done: true, value: undefined });
    expect(state).toMatchObject({ begun: 1, left: 0 });
    messages.push(1);
    iterations.serve();
    expect(await waitingB).toEqual({ done: false, value: 1 });
    await b.return?.();
    await b.return?.();
    expect(state).toMatchObject({ begun: 1, left: 1 });
    expect(iterations.isActive).toBe(false);
    expect(await a.next()).toEqual({ done: true, value: undefined });
  });
});

import { describe, expect, it } from "vitest";
import { type Waiter, Window } from "./window.js";

interface Waiting extends Waiter {
  state: "waiting" | "admitted" | "expired";
}

/** A waiter that notes in `log` when it comes in, or is sent away. */
function waiter(log: number[], id: number, options: { sizeBytes?: number; deadline?: number } = {}): Waiting {
  const self: Waiting = {
    next: undefined,
    previous: undefined,
    sizeBytes: options.sizeBytes ?? 1,
    deadline: options.deadline ?? 1_000,
    state: "waiting",
    admit: () => {
      self.state = "admitted";
      log.push(id);
    },
    expire: () => {
      self.state = "expired";
      log.push(-id);
    },
  };
  return self;
}

function full(maxMessages: number, maxBytes = 1_000_000): Window {
  const window = new Window({ maxMessages, maxBytes });
  for (let i = 0; i < maxMessages; i++) expect(window.tryAdmit(1)).toBe(true);
  return window;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe("Window", () => {
  it("admits up to maxMessages", () => {
    const window = full(3);
    expect(window.isFull).toBe(true);
    expect(window.tryAdmit(1)).toBe(false);
    expect(window).toMatchObject({ messages: 3, bytes: 3, waiting: 0 });
    window.release(1);
    expect(window.tryAdmit(1)).toBe(true);
  });

  it("admits while bytes are below the limit, so that the last message may exceed it", () => {
    const window = new Window({ maxMessages: 100, maxBytes: 10 });
    expect(window.tryAdmit(9)).toBe(true);
    expect(window.tryAdmit(500)).toBe(true);
    expect(window.bytes).toBe(509);
    expect(window.tryAdmit(0)).toBe(false);
    window.release(500);
    expect(window.tryAdmit(1)).toBe(true);
    expect(window.tryAdmit(1)).toBe(false);
  });

  it("lets a message larger than maxBytes pass when empty", () => {
    const window = new Window({ maxMessages: 100, maxBytes: 10 });
    expect(window.tryAdmit(1_000)).toBe(true);
    expect(window.isFull).toBe(true);
    window.release(1_000);
    expect(window).toMatchObject({ messages: 0, bytes: 0, isFull: false });
  });

  it("lets waiters in strictly in order, as many as there is room for", () => {
    const log: number[] = [];
    const window = full(2);
    for (const id of range(1, 6)) window.wait(waiter(log, id));
    window.release(1);
    expect(log).toEqual([1]);
    window.release(1);
    window.release(1);
    expect(log).toEqual([1, 2, 3]);
    expect(window).toMatchObject({ messages: 2, waiting: 2 });
  });

  it("lets nobody overtake a waiter", () => {
    const log: number[] = [];
    const window = new Window({ maxMessages: 10, maxBytes: 10 });
    window.tryAdmit(10);
    const first = waiter(log, 1, { sizeBytes: 10 });
    window.wait(first);
    window.wait(waiter(log, 2));
    expect(window.tryAdmit(1)).toBe(false);
    window.release(10);
    expect(log).toEqual([1]);
    expect(window.isFull).toBe(true);
    expect(window.tryAdmit(1)).toBe(false);
  });

  it("lets several small ones in for a large one that ends", () => {
    const log: number[] = [];
    const window = new Window({ maxMessages: 100, maxBytes: 10 });
    window.tryAdmit(50);
    for (const id of range(1, 6)) window.wait(waiter(log, id, { sizeBytes: 3 }));
    window.release(50);
    expect(log).toEqual([1, 2, 3, 4]);
  });

  it("releases ten thousand waiters in order, in bursts", () => {
    const log: number[] = [];
    const window = full(100);
    for (const id of range(0, 10_000)) window.wait(waiter(log, id));
    for (let released = 0, burst = 1; released < 10_000; burst = (burst * 7) % 101) {
      for (let i = 0; i < burst && released < 10_000; i++, released++) window.release(1);
      expect(window.messages).toBe(100);
    }
    expect(log).toEqual(range(0, 10_000));
    expect(window).toMatchObject({ waiting: 0, messages: 100 });
    for (let i = 0; i < 100; i++) window.release(1);
    expect(window).toMatchObject({ messages: 0, bytes: 0, isFull: false });
  });

  it("lets ten thousand waiters through one after another when each ends as soon as it is let in", () => {
    const log: number[] = [];
    const window = full(1);
    for (const id of range(0, 10_000)) {
      const one = waiter(log, id);
      window.wait({
        ...one,
        admit: () => {
          one.admit();
          window.release(1);
          log.push(-id);
        },
      });
    }
    window.release(1);
    expect(log).toEqual(range(0, 10_000).flatMap((id) => [id, -id]));
    expect(window).toMatchObject({ messages: 0, bytes: 0, waiting: 0 });
  });

  it("admits a waiter that comes while others are let in", () => {
    const log: number[] = [];
    const window = full(1);
    const late = waiter(log, 2);
    window.wait({
      ...waiter(log, 1),
      admit: () => {
        log.push(1);
        window.wait(late);
        window.release(1);
      },
    });
    window.release(1);
    expect(log).toEqual([1, 2]);
  });

  it.each([
    ["first", 0],
    ["one in the middle", 2],
    ["last", 4],
  ])("forgets the %s when it gives up", (_, index) => {
    const log: number[] = [];
    const window = full(1);
    const waiters = range(0, 5).map((id) => waiter(log, id));
    for (const one of waiters) window.wait(one);
    window.giveUp(waiters[index]!);
    for (let i = 0; i < 5; i++) window.release(1);
    expect(log).toEqual(range(0, 5).filter((id) => id !== index));
    expect(window).toMatchObject({ messages: 0, waiting: 0 });
  });

  it("sends away those past their deadline, oldest first, and keeps the others", () => {
    const log: number[] = [];
    const window = full(1);
    for (const id of range(1, 6)) window.wait(waiter(log, id, { deadline: id * 100 }));
    window.expire(99);
    expect(log).toEqual([]);
    window.expire(300);
    expect(log).toEqual([-1, -2, -3]);
    window.release(1);
    expect(log).toEqual([-1, -2, -3, 4]);
    window.expire(Number.POSITIVE_INFINITY);
    expect(log.at(-1)).toBe(-5);
    expect(window.waiting).toBe(0);
  });

  it("sends away whoever is past the deadline, whatever stands before and behind", () => {
    const log: number[] = [];
    const window = full(1);
    for (const id of [5, 1, 4, 2, 3]) window.wait(waiter(log, id, { deadline: id * 100 }));
    window.expire(200);
    expect(log).toEqual([-1, -2]);
    // One that comes later may have to go sooner than all who wait.
    window.wait(waiter(log, 6, { deadline: 250 }));
    window.expire(250);
    expect(log).toEqual([-1, -2, -6]);
    window.expire(400);
    expect(log).toEqual([-1, -2, -6, -4, -3]);
    window.release(1);
    expect(log.at(-1)).toBe(5);
    expect(window).toMatchObject({ messages: 1, waiting: 0 });
  });

  it("halves when the broker asks to slow down, down to one message", () => {
    const window = new Window({ maxMessages: 8, maxBytes: 1_000 });
    window.shrink();
    for (let i = 0; i < 4; i++) expect(window.tryAdmit(1)).toBe(true);
    expect(window.tryAdmit(1)).toBe(false);
    for (let i = 0; i < 10; i++) window.shrink();
    for (let i = 0; i < 4; i++) window.release(1);
    expect(window.tryAdmit(1)).toBe(true);
    expect(window.tryAdmit(1)).toBe(false);
  });

  it("lets nobody in above the smaller share, until it has recovered to the limit and no further", () => {
    const log: number[] = [];
    const window = full(8);
    window.shrink();
    for (const id of range(0, 500)) window.wait(waiter(log, id));
    for (let i = 0; i < 4; i++) window.release(1);
    expect(log).toEqual([]);
    let most = 0;
    for (let i = 0; i < 100; i++) {
      window.release(1);
      window.recover();
      most = Math.max(most, window.messages);
    }
    expect(most).toBe(8);
    expect(log).toEqual(range(0, log.length));
  });

  it("grows by a quarter after a whole window of acknowledgements", () => {
    const window = new Window({ maxMessages: 16, maxBytes: 1_000 });
    window.shrink();
    const room = (): number => {
      let admitted = 0;
      while (window.tryAdmit(1)) admitted++;
      for (let i = 0; i < admitted; i++) window.release(1);
      return admitted;
    };
    expect(room()).toBe(8);
    for (let i = 0; i < 7; i++) window.recover();
    expect(room()).toBe(8);
    window.recover();
    expect(room()).toBe(10);
  });

  it("lets waiters in when it grows", () => {
    const log: number[] = [];
    const window = full(2);
    window.shrink();
    window.wait(waiter(log, 1));
    window.release(1);
    expect(log).toEqual([]);
    window.recover();
    expect(log).toEqual([1]);
  });
});

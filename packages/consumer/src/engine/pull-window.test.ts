import { describe, expect, it } from "vitest";
import { PullWindow } from "./pull-window.js";

const limits = { maxMessages: 10, maxBytes: 1_000 };

describe("PullWindow", () => {
  it("asks for everything at first, and again as soon as half is free", () => {
    const window = new PullWindow(limits);
    expect(window.next()).toEqual({ messages: 10, bytes: 1_000 });
    expect(window.next()).toBeUndefined();
    for (let i = 0; i < 10; i++) window.arrive(20);
    expect(window).toMatchObject({ asked: 0, held: 10 });
    for (let i = 0; i < 4; i++) window.release(20);
    expect(window.next()).toBeUndefined();
    window.release(20);
    expect(window.next()).toEqual({ messages: 5, bytes: 900 });
    expect(window.asked).toBe(5);
  });

  it("never has more than its limit asked for and here, whatever happens in which order", () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const window = new PullWindow(limits);
    const held: number[] = [];
    for (let step = 0; step < 5_000; step++) {
      window.next();
      expect(window.asked + window.held).toBeLessThanOrEqual(limits.maxMessages);
      const action = random(4);
      if (action === 0 && window.asked > 0) {
        held.push(random(120));
        window.arrive(held.at(-1)!);
      } else if (action === 1 && held.length > 0) window.release(held.shift()!);
      else if (action === 2) window.end(random(3), random(50));
      else if (random(50) === 0) window.reset();
      expect(window.held).toBe(held.length);
    }
  });

  describe("follows its reader:", () => {
    let now = 0;
    /** Asks, gets all of it, and lets the reader take so long for half of that. @returns what is asked for then. */
    function goOn(window: PullWindow, tookMs: number): number | undefined {
      const messages = window.asked;
      for (let i = 0; i < messages; i++) window.arrive(1);
      now += tookMs;
      window.release(window.held, window.held);
      return window.next()?.messages;
    }
    function begin(maxMessages: number): PullWindow {
      const window = new PullWindow({ maxMessages, maxBytes: 1_000_000 }, () => now);
      expect(window.next()?.messages).toBe(Math.min(32, maxMessages));
      return window;
    }

    it("doubles for one that is quick, up to the limit", () => {
      const window = begin(400);
      expect([0, 1, 2, 3, 4].map(() => goOn(window, 20))).toEqual([64, 128, 256, 400, 400]);
    });

    it("stays as it is for one that is not, and goes back for one that becomes slow", () => {
      const window = begin(1_000);
      expect(goOn(window, 500)).toBe(32);
      expect([0, 1].map(() => goOn(window, 20))).toEqual([64, 128]);
      expect(goOn(window, 500)).toBe(128);
      expect([0, 1, 2, 3, 4, 5].map(() => goOn(window, 2_000))).toEqual([64, 32, 16, 8, 4, 4]);
      expect(goOn(window, 20)).toBe(8);
    });

    it("does not take requests that ended for a quick reader", () => {
      const window = begin(1_000);
      window.end(32, 1_000_000);
      expect(window.next()?.messages).toBe(32);
    });

    it("has no more than its share when there are more partitions", () => {
      const window = begin(1_000);
      expect(goOn(window, 20)).toBe(64);
      window.resize({ maxMessages: 40, maxBytes: 1_000 });
      window.reset();
      expect(window.next()?.messages).toBe(40);
    });

    it("asks for one message while it stands still, whatever is answered, and for few when it moves again", () => {
      const window = begin(1_000);
      expect(window.isOneByOne).toBe(false);
      window.reset();
      window.hold();
      expect(window.isOneByOne).toBe(true);
      for (let i = 0; i < 3; i++) {
        expect(goOn(window, 20)).toBe(1);
        window.widen();
        window.tick();
      }
      window.letGo();
      expect(window.isOneByOne).toBe(false);
      expect(goOn(window, 500)).toBe(4);
    });
  });

  it("waits until half of its bytes are free, also when there is room for messages", () => {
    const window = new PullWindow(limits);
    window.next();
    window.arrive(600);
    window.end(9, 400);
    expect(window.next()).toBeUndefined();
    window.release(600);
    expect(window.next()).toEqual({ messages: 10, bytes: 1_000 });
  });

  it("asks for a message that is too large for what was left with more room, and alone when it is larger than all of it", () => {
    const window = new PullWindow(limits);
    window.next();
    window.arrive(300);
    window.end(9, 700, true);
    // Larger than 700: there is room for that only when nothing else is here.
    expect(window.next()).toBeUndefined();
    window.release(300);
    expect(window.next()).toEqual({ messages: 10, bytes: 1_000 });
    window.end(10, 1_000, true);
    expect(window.next()).toEqual({ messages: 1, bytes: undefined });
    window.arrive(5_000);
    expect(window.next()).toBeUndefined();
    window.release(5_000);
    expect(window.next()).toEqual({ messages: 10, bytes: 1_000 });
  });

  it("asks for one at a time when it takes one", () => {
    const window = new PullWindow({ maxMessages: 1, maxBytes: 1 });
    expect(window.next()).toEqual({ messages: 1, bytes: 1 });
    expect(window.next()).toBeUndefined();
    window.reset();
    expect(window.next()).toEqual({ messages: 1, bytes: 1 });
  });

  it("asks for one message when narrowed, and for one more with each that is answered", () => {
    const window = new PullWindow({ maxMessages: 8, maxBytes: 1_000 });
    window.narrow();
    const asked: (number | undefined)[] = [];
    for (let answered = 0; answered < 10; answered++) {
      const pull = window.next();
      asked.push(pull?.messages);
      for (let i = 0; i < (pull?.messages ?? 0); i++) {
        window.arrive(1);
        window.release(1);
        window.widen();
      }
    }
    expect(asked).toEqual([1, 2, 4, 8, 8, 8, 8, 8, 8, 8]);
  });

  it("widens with time as well, for readers that answer late", () => {
    const window = new PullWindow({ maxMessages: 8, maxBytes: 1_000 });
    window.narrow();
    expect(window.next()).toMatchObject({ messages: 1 });
    window.arrive(1);
    expect(window.next()).toBeUndefined();
    for (const messages of [1, 2, 4]) {
      window.tick();
      expect(window.next()).toMatchObject({ messages });
      for (let i = 0; i < messages; i++) window.arrive(1);
    }
    window.tick();
    expect(window.next()).toBeUndefined();
  });

  it("does not widen for as many ticks as it was told, unless these are cut short", () => {
    const window = new PullWindow({ maxMessages: 8, maxBytes: 1_000 });
    window.narrow(2);
    expect(window.isUnproven).toBe(true);
    const asked: (number | undefined)[] = [];
    for (let tick = 0; tick < 5; tick++) {
      const pull = window.next();
      asked.push(pull?.messages);
      for (let i = 0; i < (pull?.messages ?? 0); i++) {
        window.arrive(1);
        window.release(1);
        window.widen();
      }
      expect(window.isCareful).toBe(tick < 2);
      if (tick < 2) window.tick();
    }
    expect(asked).toEqual([1, 1, 1, 2, 4]);
    expect(window.isUnproven).toBe(false);
    window.narrow(100);
    window.relax();
    expect(window.isCareful).toBe(false);
    window.tick();
    expect(window.next()?.messages).toBe(2);
  });
});

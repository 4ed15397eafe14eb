import { describe, expect, it } from "vitest";
import { HandedOut, type HandedOutMessage } from "./handed-out.js";

describe("HandedOut", () => {
  const kept = (sizeBytes: number): HandedOutMessage => ({ sizeBytes, keepsRoom: true });

  it("counts what is added and not removed", () => {
    const handedOut = new HandedOut(3);
    const first = handedOut.add(0, kept(10));
    const second = handedOut.add(1, kept(20));
    expect(handedOut.add(1, kept(5))).toBe(second);
    expect(handedOut.messages).toBe(3);
    expect(handedOut.remove(first, kept(10))).toBe(true);
    expect(handedOut.messages).toBe(2);
  });

  it("forgets what was never removed, once, after its time", () => {
    const handedOut = new HandedOut(3);
    const old = handedOut.add(0, kept(10));
    handedOut.add(0, kept(10));
    const young = handedOut.add(2, kept(5));
    expect(handedOut.advance(3)).toEqual({ messages: 0, keptMessages: 0, keptBytes: 0 });
    handedOut.remove(old, kept(10));
    expect(handedOut.advance(4)).toEqual({ messages: 1, keptMessages: 1, keptBytes: 10 });
    expect(handedOut.remove(old, kept(10))).toBe(false);
    expect(handedOut.messages).toBe(1);
    expect(handedOut.remove(young, kept(5))).toBe(true);
    expect(handedOut.advance(9)).toEqual({ messages: 0, keptMessages: 0, keptBytes: 0 });
    handedOut.add(9, kept(1));
    expect(handedOut.messages).toBe(1);
  });

  it("tells how much room is kept by what it forgets, of messages that keep theirs alone", () => {
    const handedOut = new HandedOut(3);
    const free = { sizeBytes: 100, keepsRoom: false };
    const cohort = handedOut.add(0, free);
    handedOut.add(0, free);
    handedOut.add(0, kept(10));
    handedOut.add(0, kept(7));
    handedOut.remove(cohort, free);
    handedOut.remove(cohort, kept(7));
    expect(handedOut.advance(4)).toEqual({ messages: 2, keptMessages: 1, keptBytes: 10 });
  });
});

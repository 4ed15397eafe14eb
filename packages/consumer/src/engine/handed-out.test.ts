import { describe, expect, it } from "vitest";
import { HandedOut } from "./handed-out.js";

describe("HandedOut", () => {
  it("counts what is added and not removed", () => {
    const handedOut = new HandedOut(3);
    const first = handedOut.add(0, 10);
    const second = handedOut.add(1, 20);
    expect(handedOut.add(1, 5)).toBe(second);
    expect(handedOut.messages).toBe(3);
    expect(handedOut.remove(first, 10)).toBe(true);
    expect(handedOut.messages).toBe(2);
  });

  it("forgets what was never removed, once, after its time", () => {
    const handedOut = new HandedOut(3);
    const old = handedOut.add(0, 10);
    handedOut.add(0, 10);
    const young = handedOut.add(2, 5);
    expect(handedOut.advance(3)).toEqual({ messages: 0, bytes: 0 });
    handedOut.remove(old, 10);
    expect(handedOut.advance(4)).toEqual({ messages: 1, bytes: 10 });
    expect(handedOut.remove(old, 10)).toBe(false);
    expect(handedOut.messages).toBe(1);
    expect(handedOut.remove(young, 5)).toBe(true);
    expect(handedOut.advance(9)).toEqual({ messages: 0, bytes: 0 });
    handedOut.add(9, 1);
    expect(handedOut.messages).toBe(1);
  });
});

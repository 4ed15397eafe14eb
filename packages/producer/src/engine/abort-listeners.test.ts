import { describe, expect, it, vi } from "vitest";
import { AbortListeners } from "./abort-listeners.js";

describe("AbortListeners", () => {
  it("calls everyone who shares a signal, in order, through one listener", () => {
    const controller = new AbortController();
    const add = vi.spyOn(controller.signal, "addEventListener");
    const listeners = new AbortListeners();
    const called: number[] = [];
    for (let i = 0; i < 1_000; i++) listeners.add(controller.signal, () => called.push(i));
    expect(add).toHaveBeenCalledTimes(1);
    controller.abort();
    expect(called).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
  });

  it("does not call one that was taken back", () => {
    const controller = new AbortController();
    const listeners = new AbortListeners();
    const called: string[] = [];
    const remove = listeners.add(controller.signal, () => called.push("a"));
    listeners.add(controller.signal, () => called.push("b"));
    remove();
    controller.abort();
    expect(called).toEqual(["b"]);
  });

  it("does not call one that another has taken back while they are called", () => {
    const controller = new AbortController();
    const listeners = new AbortListeners();
    const called: string[] = [];
    listeners.add(controller.signal, () => {
      called.push("a");
      removeB();
    });
    const removeB = listeners.add(controller.signal, () => called.push("b"));
    listeners.add(controller.signal, () => called.push("c"));
    controller.abort();
    expect(called).toEqual(["a", "c"]);
  });

  it("tells signals apart", () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const listeners = new AbortListeners();
    const called: string[] = [];
    listeners.add(one.signal, () => called.push("one"));
    listeners.add(other.signal, () => called.push("other"));
    other.abort();
    expect(called).toEqual(["other"]);
  });

  it("leaves nothing on a signal that outlives its messages, and listens again for the next", () => {
    const controller = new AbortController();
    const remove = vi.spyOn(controller.signal, "removeEventListener");
    const listeners = new AbortListeners();
    const called: string[] = [];
    const first = listeners.add(controller.signal, () => called.push("a"));
    const second = listeners.add(controller.signal, () => called.push("b"));
    first();
    expect(remove).not.toHaveBeenCalled();
    second();
    second();
    expect(remove).toHaveBeenCalledTimes(1);
    listeners.add(controller.signal, () => called.push("c"));
    controller.abort();
    expect(called).toEqual(["c"]);
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { EventEmitter } from "./event-emitter.js";

interface Events {
  sent: [id: number, attempt: number];
  failed: [reason: string];
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("EventEmitter", () => {
  it("calls the listeners of that event in the order of registration", () => {
    const emitter = new EventEmitter<Events>(["sent", "failed"]);
    const calls: string[] = [];
    emitter.on("sent", (id, attempt) => void calls.push(`first ${id}, ${attempt}`));
    emitter.on("failed", () => void calls.push("never"));
    emitter.on("sent", (id) => void calls.push(`second ${id}`));
    emitter.emit("sent", 7, 1);
    expect(calls).toEqual(["first 7, 1", "second 7"]);
  });

  it("says whether anybody listened", () => {
    const emitter = new EventEmitter<Events>(["sent", "failed"]);
    emitter.on("failed", () => undefined);
    expect(emitter.emit("sent", 1, 1)).toBe(false);
    expect(emitter.emit("failed", "full")).toBe(true);
  });

  it("calls a listener once, however often it was registered, and not after off", () => {
    const emitter = new EventEmitter<Events>(["sent", "failed"]);
    const listener = vi.fn();
    emitter.on("sent", listener);
    emitter.on("sent", listener);
    emitter.emit("sent", 1, 1);
    expect(listener).toHaveBeenCalledTimes(1);
    emitter.off("sent", listener);
    emitter.off("failed", listener);
    emitter.emit("sent", 2, 1);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it("leaves the round that is under way alone when listeners come and go in it", () => {
    const emitter = new EventEmitter<Events>(["sent", "failed"]);
    const late = vi.fn();
    const gone = vi.fn();
    emitter.on("sent", () => {
      emitter.on("sent", late);
      emitter.off("sent", gone);
    });
    emitter.on("sent", gone);
    emitter.emit("sent", 1, 1);
    expect(gone).toHaveBeenCalledTimes(1);
    expect(late).not.toHaveBeenCalled();
    emitter.emit("sent", 2, 1);
    expect(gone).toHaveBeenCalledTimes(1);
    expect(late).toHaveBeenCalledTimes(1);
  });

  it("goes on after a listener that throws, whose error surfaces as an uncaught exception", () => {
    const surfaced: (() => void)[] = [];
    vi.stubGlobal("queueMicrotask", (callback: () => void) => surfaced.push(callback));
    const emitter = new EventEmitter<Events>(["sent", "failed"]);
    const next = vi.fn();
    emitter.on("sent", () => {
      throw new Error("listener");
    });
    emitter.on("sent", next);
    emitter.emit("sent", 1, 1);
    vi.unstubAllGlobals();
    expect(next).toHaveBeenCalledTimes(1);
    expect(surfaced).toHaveLength(1);
    expect(surfaced[0]).toThrow("listener");
  });

  it("refuses an event that there is not, and a listener that is none, when it is registered", () => {
    const emitter = new EventEmitter<Events>(["sent", "failed"]);
    expect(() => {
      emitter.on("snet" as "sent", () => undefined);
    }).toThrow("there is no event snet, only sent, failed");
    expect(() => {
      emitter.on("sent", undefined as never);
    }).toThrow("must be a function");
  });
});

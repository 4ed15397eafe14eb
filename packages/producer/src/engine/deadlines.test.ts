import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Deadlines } from "./deadlines.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("Deadlines", () => {
  it("sweeps only while there is something to watch, and leaves no timer", () => {
    let left = 3;
    const times: number[] = [];
    const deadlines = new Deadlines(1_000, (now) => {
      times.push(now);
      return --left > 0;
    });
    expect(vi.getTimerCount()).toBe(0);
    deadlines.watch(1_000);
    deadlines.watch(1_000);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(times).toEqual([1_000_100, 1_000_200, 1_000_300]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("starts again after it stopped by itself", () => {
    let sweeps = 0;
    const deadlines = new Deadlines(1_000, () => {
      sweeps++;
      return false;
    });
    deadlines.watch(1_000);
    vi.advanceTimersByTime(500);
    deadlines.watch(1_000);
    vi.advanceTimersByTime(500);
    expect(sweeps).toBe(2);
  });

  it("stops when told to", () => {
    const deadlines = new Deadlines(1_000, () => true);
    deadlines.watch(1_000);
    deadlines.stop();
    deadlines.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("goes on watching when a sweep admits something new", () => {
    const deadlines: Deadlines = new Deadlines(1_000, () => {
      deadlines.watch(1_000);
      return true;
    });
    deadlines.watch(1_000);
    vi.advanceTimersByTime(1_000);
    expect(vi.getTimerCount()).toBe(1);
  });

  it.each([
    [1, 5],
    [50, 5],
    [200, 20],
    [1_000, 100],
    [30_000, 100],
  ])("looks, for a timeout of %i ms, every %i ms", (timeoutMs, intervalMs) => {
    let sweeps = 0;
    const deadlines = new Deadlines(timeoutMs, () => {
      sweeps++;
      return true;
    });
    deadlines.watch(30_000);
    vi.advanceTimersByTime(intervalMs * 10);
    expect(sweeps).toBe(10);
  });

  it("looks more often for a shorter time, until that is over, or there is nothing left to watch", () => {
    let sweeps = 0;
    let isBusy = true;
    const deadlines = new Deadlines(1_000, () => {
      sweeps++;
      return isBusy;
    });
    const sweepsIn = (ms: number): number => {
      const before = sweeps;
      vi.advanceTimersByTime(ms);
      return sweeps - before;
    };
    deadlines.watch(30_000);
    expect(sweepsIn(200)).toBe(2);
    deadlines.watch(100);
    deadlines.watch(30_000);
    expect(vi.getTimerCount()).toBe(1);
    expect(sweepsIn(100)).toBe(10);
    expect(sweepsIn(200)).toBe(2);
    deadlines.watch(100);
    expect(sweepsIn(50)).toBe(5);
    isBusy = false;
    expect(sweepsIn(200)).toBe(1);
    isBusy = true;
    deadlines.watch(30_000);
    expect(sweepsIn(200)).toBe(2);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CarefulStart, type CautiousReader } from "./careful-start.js";

interface Reader extends CautiousReader {
  arrivals: number;
  window: { isUnproven: boolean };
  readonly start: ReturnType<typeof vi.fn<() => void>>;
}

function reader(isUnproven: boolean): Reader {
  return { arrivals: 0, window: { isUnproven }, start: vi.fn<() => void>() };
}

const started = (readers: readonly Reader[]): boolean[] => readers.map(({ start }) => start.mock.calls.length > 0);

describe("CarefulStart", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("starts all at once that are not narrow", () => {
    const readers = [reader(false), reader(false)];
    new CarefulStart().start(readers);
    expect(started(readers)).toEqual([true, true]);
  });

  it("starts a narrow one when the first message of the one before is answered", () => {
    const readers = [reader(true), reader(false), reader(true), reader(true)];
    const careful = new CarefulStart();
    careful.start(readers);
    expect(started(readers)).toEqual([true, true, false, false]);
    readers[0]!.arrivals = 1;
    careful.progress();
    expect(started(readers)).toEqual([true, true, false, false]);
    readers[0]!.window.isUnproven = false;
    careful.progress();
    careful.progress();
    expect(started(readers)).toEqual([true, true, true, false]);
  });

  it("goes on past one that has nothing, and past one whose first message takes long", () => {
    const readers = [reader(true), reader(true), reader(true)];
    new CarefulStart().start(readers);
    vi.advanceTimersByTime(100);
    expect(started(readers)).toEqual([true, true, false]);
    readers[1]!.arrivals = 1;
    vi.advanceTimersByTime(550);
    expect(started(readers)).toEqual([true, true, false]);
    vi.advanceTimersByTime(50);
    expect(started(readers)).toEqual([true, true, true]);
  });

  it("takes no more than some seconds over very many", () => {
    const readers = Array.from({ length: 1_000 }, () => reader(true));
    new CarefulStart().start(readers);
    vi.advanceTimersByTime(6_000);
    expect(started(readers)).not.toContain(false);
  });

  it("starts nothing any more when stopped", () => {
    const readers = [reader(true), reader(true)];
    const careful = new CarefulStart();
    careful.start(readers);
    careful.stop();
    vi.advanceTimersByTime(10_000);
    expect(started(readers)).toEqual([true, false]);
  });
});

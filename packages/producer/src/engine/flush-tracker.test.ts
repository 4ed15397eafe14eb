import { describe, expect, it } from "vitest";
import { FlushTracker } from "./flush-tracker.js";

/** Tells whether the promise has resolved by now. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise(setImmediate);
  return done;
}

describe("FlushTracker", () => {
  it("flushes at once when nothing is open", async () => {
    const tracker = new FlushTracker();
    await tracker.flush();
    tracker.end(tracker.begin());
    await tracker.flush();
  });

  it("waits for everything begun before, and for nothing begun after", async () => {
    const tracker = new FlushTracker();
    const [a, b] = [tracker.begin(), tracker.begin()];
    const flush = tracker.flush();
    const later = tracker.begin();
    tracker.end(a);
    expect(await isDone(flush)).toBe(false);
    tracker.end(b);
    expect(await isDone(flush)).toBe(true);
    tracker.end(later);
  });

  it("does not end while an older generation is open, although a newer one has ended", async () => {
    const tracker = new FlushTracker();
    const old = tracker.begin();
    const first = tracker.flush();
    const young = tracker.begin();
    const second = tracker.flush();
    tracker.end(young);
    expect(await isDone(second)).toBe(false);
    tracker.end(old);
    expect(await isDone(first)).toBe(true);
    expect(await isDone(second)).toBe(true);
  });

  it("ends flushes that overlap with nothing begun between them together", async () => {
    const tracker = new FlushTracker();
    const open = tracker.begin();
    const flushes = [tracker.flush(), tracker.flush(), tracker.flush()];
    const later = tracker.begin();
    tracker.end(open);
    await Promise.all(flushes);
    tracker.end(later);
  });

  it("ends every one of many overlapping flushes at the right moment while things keep beginning", async () => {
    const tracker = new FlushTracker();
    const open: { generation: number; id: number }[] = [];
    const ended = new Set<number>();
    const wrong: number[] = [];
    const flushes: Promise<void>[] = [];
    let id = 0;
    let state = 1;
    const below = (limit: number): number => (state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647) % limit;
    for (let step = 0; step < 5_000; step++) {
      const action = below(10);
      if (action < 5) open.push({ generation: tracker.begin(), id: id++ });
      else if (action < 9 && open.length > 0) {
        const [item] = open.splice(below(open.length), 1);
        ended.add(item!.id);
        tracker.end(item!.generation);
      } else {
        const before = id;
        flushes.push(
          tracker.flush().then(() => {
            for (let i = 0; i < before; i++) if (!ended.has(i)) wrong.push(i);
          }),
        );
      }
      if (step % 50 === 0) await Promise.resolve();
    }
    for (const item of open) {
      ended.add(item.id);
      tracker.end(item.generation);
    }
    await Promise.all(flushes);
    expect(wrong).toEqual([]);
    expect(flushes.length).toBeGreaterThan(100);
  });
});

import { describe, expect, it } from "vitest";
import { Dispatcher, type Handler } from "./dispatch.js";
import type { StationMessage } from "./engine/station-message.js";

const message = (partition: number, sequence: number): StationMessage =>
  ({ partition, sequence }) as unknown as StationMessage;

function create(handler: Handler, unreadable: readonly number[] = []) {
  const failed: unknown[] = [];
  let done = 0;
  const dispatcher = new Dispatcher({
    handler,
    open: ({ sequence }) => !unreadable.includes(sequence),
    failed: (error) => failed.push(error),
    done: () => done++,
  });
  return { dispatcher, failed, done: () => done };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("Dispatcher", () => {
  it("hands on at once what is handled at once", () => {
    const seen: number[] = [];
    const { dispatcher } = create(({ sequence }) => void seen.push(sequence));
    for (let i = 1; i <= 3; i++) dispatcher.dispatch(message(1, i));
    expect(seen).toEqual([1, 2, 3]);
    expect(dispatcher.pending).toBe(0);
  });

  it("lets the next message of a partition wait for the promise of the one before, and no other partition", async () => {
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    const { dispatcher, done } = create(({ partition, sequence }) => {
      started.push(`${partition}-${sequence}`);
      return new Promise<void>((resolve) => ends.set(`${partition}-${sequence}`, resolve));
    });
    for (const [partition, sequence] of [
      [1, 1],
      [1, 2],
      [2, 1],
      [1, 3],
    ] as const)
      dispatcher.dispatch(message(partition, sequence));
    expect(started).toEqual(["1-1", "2-1"]);
    expect(dispatcher.pending).toBe(4);
    ends.get("1-1")!();
    await settled();
    expect(started).toEqual(["1-1", "2-1", "1-2"]);
    expect(dispatcher.takeWaiting()).toMatchObject([{ partition: 1, sequence: 3 }]);
    ends.get("1-2")!();
    ends.get("2-1")!();
    await settled();
    expect(started).toHaveLength(3);
    expect(dispatcher.pending).toBe(0);
    expect(done()).toBe(2);
  });

  it("tells of a handler that throws or rejects, passes over what cannot be read, and goes on", async () => {
    const seen: number[] = [];
    const { dispatcher, failed } = create(
      ({ sequence }) => {
        seen.push(sequence);
        if (sequence === 1) throw new Error("thrown");
        return sequence === 2 ? Promise.reject(new Error("rejected")) : undefined;
      },
      [3],
    );
    for (let i = 1; i <= 4; i++) dispatcher.dispatch(message(1, i));
    await settled();
    expect(seen).toEqual([1, 2, 4]);
    expect(failed.map((error) => (error as Error).message)).toEqual(["thrown", "rejected"]);
  });
});

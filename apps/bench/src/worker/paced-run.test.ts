import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { pacedRun } from "./paced-run.js";

const pace = { durationMs: 200, messagesPerSecond: 1_000, sequential: false };

describe("a paced run", () => {
  it("sends what is due in the time, batches counted by their messages", async () => {
    let sends = 0;
    const send = (): Promise<void> => {
      sends++;
      return nextTurn(undefined);
    };
    const { sent, latency } = await pacedRun(send, 4, pace);
    expect(sends).toBe(50);
    expect(sent).toBe(200);
    expect(latency.acknowledgedPerSecond).toBeLessThan(1_100);
  });

  it("counts the waiting of messages that were due while the process stood still", async () => {
    let sends = 0;
    const send = (): Promise<void> => {
      if (++sends === 100) {
        const until = performance.now() + 50;
        while (performance.now() < until);
      }
      return Promise.resolve();
    };
    // The stall covers about 50 of the 160 that are recorded.
    expect((await pacedRun(send, 1, pace)).latency.p99Ms).toBeGreaterThan(40);
  });

  it("has not kept the pace when acknowledgements come late", async () => {
    const all = new Promise<void>((resolve) => setTimeout(resolve, 400));
    expect((await pacedRun(() => all, 1, pace)).latency.acknowledgedPerSecond).toBeLessThan(600);
  });

  it("has one under way at a time when it is sequential", async () => {
    let underWay = 0;
    let most = 0;
    const send = async (): Promise<void> => {
      most = Math.max(most, ++underWay);
      for (let turn = 0; turn < 3; turn++) await nextTurn();
      underWay--;
    };
    await pacedRun(send, 1, { ...pace, messagesPerSecond: 1_000_000, durationMs: 1, sequential: true });
    expect(most).toBe(1);
  });

  it("rejects with what a send rejects with", async () => {
    const send = (): Promise<void> => Promise.reject(new Error("refused"));
    await expect(pacedRun(send, 1, { ...pace, durationMs: 5 })).rejects.toThrow("refused");
  });
});

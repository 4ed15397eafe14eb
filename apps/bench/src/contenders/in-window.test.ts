import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { sendInWindow } from "./in-window.js";

describe("a window", () => {
  it("is filled, never exceeded, and empty at the end", async () => {
    let inFlight = 0;
    let most = 0;
    let sent = 0;
    await sendInWindow(100, 7, async () => {
      sent++;
      most = Math.max(most, ++inFlight);
      await nextTurn();
      inFlight--;
    });
    expect({ sent, most, inFlight }).toEqual({ sent: 100, most: 7, inFlight: 0 });
  });

  it("stops at a failure, and rejects with it when the others have ended", async () => {
    let sent = 0;
    let ended = 0;
    const run = sendInWindow(100, 3, async () => {
      const own = ++sent;
      await nextTurn();
      ended++;
      if (own === 5) throw new Error("refused");
    });
    await expect(run).rejects.toThrow("refused");
    expect(sent).toBeLessThan(100);
    expect(ended).toBe(sent);
  });
});

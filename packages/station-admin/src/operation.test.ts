import { ConnectionClosedError, type Connection, RequestTimeoutError, ThrottledError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { inParallel, Operation } from "./operation.js";

function connectionThat(answer: (attempt: number, timeoutMs: number) => object): Connection {
  let attempts = 0;
  const request = (_operation: string, _body: unknown, { timeoutMs }: { timeoutMs: number }): Promise<object> =>
    new Promise((resolve) => {
      resolve(answer(attempts++, timeoutMs));
    });
  return { jetStream: { prefix: "$JS.API", request } } as unknown as Connection;
}

describe("an operation", () => {
  it("repeats what failed for a time only, waiting longer for each answer", async () => {
    const waits: number[] = [];
    const connection = connectionThat((attempt, timeoutMs) => {
      waits.push(timeoutMs);
      if (attempt < 2) throw new ThrottledError("slow down");
      return { ok: attempt };
    });
    expect(await new Operation(connection, { timeoutMs: 5_000 }).request("INFO")).toEqual({ ok: 2 });
    expect(waits).toEqual([500, 1_000, 2_000]);
  });

  it("does not repeat what stays refused", async () => {
    const connection = connectionThat(() => {
      throw new ConnectionClosedError("closed", "not-sent");
    });
    await expect(new Operation(connection, { timeoutMs: 5_000 }).request("INFO")).rejects.toThrow("closed");
  });

  it("ends at its deadline with the last failure, and sends nothing afterwards", async () => {
    const connection = connectionThat(() => {
      throw new ThrottledError("slow down");
    });
    const operation = new Operation(connection, { timeoutMs: 60 });
    await expect(operation.request("INFO")).rejects.toBeInstanceOf(Error);
    expect(operation.expired).toBe(true);
    await expect(operation.requestOnce("INFO")).rejects.toBeInstanceOf(RequestTimeoutError);
  });
});

describe("work in parallel", () => {
  it("keeps the order of results, and at most 16 run at once", async () => {
    let running = 0;
    let most = 0;
    const items = Array.from({ length: 50 }, (_, index) => index);
    const results = await inParallel(items, async (item) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return item * 2;
    });
    expect(results).toEqual(items.map((item) => item * 2));
    expect(most).toBe(16);
  });

  it("rejects with the first failure when everything that had begun has settled", async () => {
    let settled = 0;
    const work = inParallel([1, 2, 3], async (item) => {
      if (item === 1) throw new Error("first");
      await new Promise((resolve) => setTimeout(resolve, 10));
      settled++;
    });
    await expect(work).rejects.toThrow("first");
    expect(settled).toBe(2);
  });
});

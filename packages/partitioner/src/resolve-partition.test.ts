import { describe, expect, it, vi } from "vitest";
import { explicitPartition } from "./explicit-partition.js";
import type { PartitionRequest } from "./partitioner.js";
import { resolvePartition } from "./resolve-partition.js";

const request: PartitionRequest = { key: "user-1", partitions: [1, 2, 3], station: "orders" };

describe("resolvePartition", () => {
  it("hands the request on as it is and gives the answer back", () => {
    const own = vi.fn(() => 2);
    expect(resolvePartition(own, request)).toBe(2);
    expect(own.mock.calls).toEqual([[request]]);
  });

  it("asks and checks a function of the caller's own with one partition too", () => {
    const own = vi.fn(() => 2);
    expect(() => resolvePartition(own, { key: "a", partitions: [1] })).toThrow(
      "The partitioner's answer 2 is not one of the partitions: 1.",
    );
    expect(own).toHaveBeenCalledOnce();
  });

  it.each([0, 4, -1, 1.5, Number.NaN, Infinity, "2", null, undefined, {}, true])("refuses the answer %s", (answer) => {
    expect(() => resolvePartition(() => answer as never, request)).toThrow(
      expect.objectContaining({
        reason: "not-in-list",
        station: "orders",
        partition: typeof answer === "number" && Number.isFinite(answer) ? answer : undefined,
      }) as Error,
    );
  });

  it("refuses a promise, and lets no rejection of it escape", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    try {
      const own = (): Promise<number> => Promise.reject(new Error("too late"));
      expect(() => resolvePartition(own as never, request)).toThrow('of the partitions of station "orders"');
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off("unhandledRejection", unhandled);
    }
  });

  it.each([
    [new TypeError("no such tenant"), "The partitioner threw: no such tenant"],
    ["text", "threw: text"],
  ])("wraps what the partitioner threw (%s) as the cause", (cause, message) => {
    const own = (): never => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- callers may throw anything
      throw cause;
    };
    expect(() => resolvePartition(own, request)).toThrow(message);
    expect(() => resolvePartition(own, request)).toThrow(
      expect.objectContaining({ reason: "partitioner-threw", station: "orders", cause }) as Error,
    );
  });

  it("passes on a PartitionError that the partitioner threw", () => {
    expect(() => resolvePartition(({ partitions }) => explicitPartition(partitions, 9), request)).toThrow(
      "Partition 9 is not one of the partitions: 1, 2, 3.",
    );
  });

  it("says that the list is empty before it blames the answer", () => {
    expect(() => resolvePartition(() => 1, { key: "a", partitions: [] })).toThrow(
      expect.objectContaining({ reason: "empty-list" }) as Error,
    );
  });
});

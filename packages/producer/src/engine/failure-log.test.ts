import { UsageError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import type { DeliveryFailure } from "../producer.js";
import { DeliveryError } from "../producer-errors.js";
import { FailureLog } from "./failure-log.js";

function failure(index: number): DeliveryFailure {
  const error = new UsageError(`failure ${index}`);
  return { error, station: "orders", partition: 1, msgId: String(index), request: { message: index } };
}

function thrownBy(log: FailureLog): DeliveryError {
  try {
    log.throwIfAny();
  } catch (error) {
    return error as DeliveryError;
  }
  throw new Error("nothing was thrown");
}

describe("FailureLog", () => {
  it("throws nothing when nothing failed", () => {
    new FailureLog(10).throwIfAny();
  });

  it("throws what failed since the last time, in order, once", () => {
    const log = new FailureLog(1_000);
    for (const index of [1, 2, 3]) log.add(failure(index), 10);
    const error = thrownBy(log);
    expect(error).toBeInstanceOf(DeliveryError);
    expect(error.failed.map(({ msgId }) => msgId)).toEqual(["1", "2", "3"]);
    expect(error.failedCount).toBe(3);
    expect(error.cause).toBe(error.failed[0]?.error);
    log.throwIfAny();
    log.add(failure(4), 10);
    expect(thrownBy(log).failedCount).toBe(1);
  });

  it("keeps a thousand failures and counts the others", () => {
    const log = new FailureLog(1_000_000);
    for (let index = 0; index < 1_500; index++) log.add(failure(index), 1);
    const error = thrownBy(log);
    expect(error.failed).toHaveLength(1_000);
    expect(error.failed.at(-1)?.msgId).toBe("999");
    expect(error.failedCount).toBe(1_500);
    expect(error.message).toContain("1500 messages were not acknowledged");
  });

  it("keeps no more bytes than allowed, but the first failure in any case", () => {
    const log = new FailureLog(100);
    for (let index = 0; index < 5; index++) log.add(failure(index), 60);
    expect(thrownBy(log)).toMatchObject({ failedCount: 5, failed: { length: 2 } });
    log.add(failure(5), 10_000);
    expect(thrownBy(log)).toMatchObject({ failedCount: 1, failed: { length: 1 } });
  });
});

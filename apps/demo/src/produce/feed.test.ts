import { AckTimeoutError, PayloadTooLargeError } from "@stationkit/core-protocol";
import type { ProduceRequest, PubAck } from "@stationkit/producer";
import { describe, expect, test } from "vitest";
import type { BadRecord, InputItem } from "../input/input-item.js";
import { feed, type FeedPolicy } from "./feed.js";
import { ProduceRun } from "./produce-run.js";
import type { Target } from "./target.js";

function record(line: number, payload = `payload ${line}`): InputItem {
  return { type: "record", line, payload: Buffer.from(payload), key: undefined };
}

const bad: BadRecord = { type: "bad", line: 3, problem: "not JSON", fatal: false };

/** Acknowledges everything but the payloads `lost` (no answer) and `large` (refused before it is sent). */
function fakeTarget(): Target & { readonly requests: ProduceRequest[] } {
  const requests: ProduceRequest[] = [];
  const store = (request: ProduceRequest): Promise<readonly PubAck[]> => {
    requests.push(request);
    const payload = String(request.message);
    if (payload === "lost") {
      const fields = { station: "s", partition: 1, msgId: "1", attempts: 1, deliveryTimeoutMs: 1 };
      return Promise.reject(new AckTimeoutError("no answer", fields));
    }
    return Promise.resolve([{ station: "s", partition: 1, sequence: requests.length, duplicate: false, msgId: "1" }]);
  };
  const refuseLarge = ({ message }: ProduceRequest): void => {
    if (String(message) === "large") throw new PayloadTooLargeError("too large", { outcome: "not-sent" });
  };
  return {
    requests,
    store: async (request) => {
      refuseLarge(request);
      return store(request);
    },
    admit: async (request) => {
      refuseLarge(request);
      await Promise.resolve();
      const acknowledged = store(request);
      acknowledged.catch(() => undefined);
      return { acknowledged };
    },
  };
}

function policy(changes: Partial<FeedPolicy> = {}): FeedPolicy {
  return {
    skipBad: false,
    limit: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    onSkipped: () => undefined,
    ...changes,
  };
}

describe.each(["sync", "async"] as const)("feeding a %s run", (mode) => {
  test("sends all, and counts what was acknowledged", async () => {
    const run = new ProduceRun(fakeTarget(), mode);
    const end = await feed([[record(1), record(2)], [], [record(3)]], run, policy());
    expect(end).toEqual({ type: "input-ended" });
    expect(run.counts).toEqual({ admitted: 3, stored: 3, duplicates: 0, failed: 0, unknown: 0 });
    expect(run.partitions.get("s")?.get(1)).toEqual({ messages: 3, bytes: 27 });
    expect(run.latency.summary().count).toBe(3);
  });

  test("stops at a bad record", async () => {
    const run = new ProduceRun(fakeTarget(), mode);
    expect(await feed([[record(1), bad, record(4)]], run, policy())).toEqual({ type: "bad-record", bad });
    expect(run.counts.stored).toBe(1);
  });

  test("passes over bad records when it may, but not over fatal ones", async () => {
    const skipped: BadRecord[] = [];
    const run = new ProduceRun(fakeTarget(), mode);
    const skipBad = policy({ skipBad: true, onSkipped: (one) => skipped.push(one) });
    const fatal = { ...bad, line: 6, fatal: true };
    const end = await feed([[record(1), bad, record(4, "large"), record(5), fatal, record(7)]], run, skipBad);
    expect(end).toEqual({ type: "bad-record", bad: fatal });
    expect(skipped.map(({ line, problem }) => [line, problem])).toEqual([
      [3, "not JSON"],
      [4, "too large"],
    ]);
    expect(run.counts).toMatchObject({ admitted: 2, stored: 2 });
  });

  test("stops when a record was not acknowledged, which may be stored", async () => {
    const run = new ProduceRun(fakeTarget(), mode);
    const end = await feed([[record(1), record(2, "lost")], [record(3)]], run, policy());
    expect(end).toEqual({ type: "delivery-failed" });
    expect(run.counts).toMatchObject({ failed: 1, unknown: 1 });
    expect(run.firstFailure?.message).toBe("no answer");
  });

  test("notices a failure of the very last record", async () => {
    const run = new ProduceRun(fakeTarget(), mode);
    expect(await feed([[record(1), record(2, "lost")]], run, policy())).toEqual({ type: "delivery-failed" });
    expect(run.counts).toMatchObject({ admitted: 2, stored: 1, failed: 1 });
  });

  test("stops at the limit and at a signal", async () => {
    const run = new ProduceRun(fakeTarget(), mode);
    expect(await feed([[record(1), record(2)]], run, policy({ limit: 1 }))).toEqual({ type: "limit-reached" });
    expect(await feed([[record(3)]], run, policy({ signal: AbortSignal.abort() }))).toEqual({ type: "interrupted" });
    expect(run.counts.stored).toBe(1);
  });

  test("marks every record with its place", async () => {
    const target = fakeTarget();
    const run = new ProduceRun(target, mode);
    await feed([[record(1), record(2)]], run, policy());
    const marks = target.requests.map(({ headers }) => String(headers?.["x-record"]));
    expect(marks[0]).toMatch(new RegExp(`^${run.ledger.run}\\.0\\.[0-9a-z]+\\.-$`));
    expect(marks[1]).toMatch(new RegExp(`^${run.ledger.run}\\.1\\.`));
    expect(run.ledger.count).toBe(2);
  });
});

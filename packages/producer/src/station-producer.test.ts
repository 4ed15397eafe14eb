import {
  type AckTimeoutError,
  ConnectionClosedError,
  type DeliveryExpiredError,
  PayloadTooLargeError,
  UsageError,
} from "@stationkit/core-protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeBroker, fakeStation, openProducer } from "./broker.fake.js";
import type { DeliveryFailure } from "./producer.js";
import { DeliveryError, ProducerClosedError } from "./producer-errors.js";

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  process.on("unhandledRejection", onUnhandled);
});
afterEach(async () => {
  vi.useRealTimers();
  await new Promise(setImmediate);
  process.off("unhandledRejection", onUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

const range = (to: number): number[] => Array.from({ length: to }, (_, i) => i);
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe("produce", () => {
  it("resolves with a delivery as soon as the message is admitted, and with its acknowledgement later", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    const delivery = await producer.produce({ message: "a", msgId: "mine" });
    expect(delivery).toMatchObject({ station: "orders", partition: 1, msgId: "mine" });
    expect(producer.pending).toMatchObject({ messages: 1, waiting: 0 });
    broker.ackAll();
    const ack = { station: "orders", partition: 1, sequence: 1, duplicate: false, msgId: "mine" };
    expect(await delivery.acknowledged).toEqual(ack);
    expect(producer.pending).toEqual({ messages: 0, bytes: 0, waiting: 0 });
  });

  it("resolves with the acknowledgement alone when asyncProduce is false", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    const produced = producer.produce({ message: "a", asyncProduce: false });
    broker.ackAll();
    expect(await produced).toMatchObject({ sequence: 1 });
  });

  it("gives every message an id of its own, none when idempotent is false, and the caller's in any case", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    await Promise.all(range(3).map(() => producer.produce({ message: "a" })));
    await pass(1);
    expect(new Set(broker.published.map(({ msgId }) => msgId)).size).toBe(3);

    const plain = new FakeBroker();
    const without = await openProducer(plain, { idempotent: false });
    await without.produce({ message: "a" });
    await without.produce({ message: "a", msgId: "mine" });
    await pass(1);
    expect(plain.published.map(({ msgId }) => msgId)).toEqual([undefined, "mine"]);
  });

  it("sends in the order of the calls, also when they had to wait for room", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker, { maxInFlightMessages: 2 });
    const calls = range(50).map((i) => producer.produce({ message: String(i) }));
    const sent: string[] = [];
    while (broker.published.length > 0) {
      const [next] = broker.published.splice(0, 1);
      sent.push(next!.text);
      broker.ack(next!.reply, 1);
    }
    expect(sent).toEqual(range(50).map(String));
    await Promise.all(calls);
  });

  it.each([
    ["an option it does not know", { message: 1, mesage: 2 }],
    ["no message", {}],
    ["a signal that is none", { message: 1, signal: {} }],
    ["headers in a Map", { message: 1, headers: new Map([["a", "b"]]) }],
    ["a message that JSON cannot carry", { message: 1n }],
    ["a partition that is none", { message: 1, partitionNumber: 2 }],
  ])("rejects %s with a UsageError and keeps nothing", async (_, request) => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    await expect(producer.produce(request as never)).rejects.toThrow(UsageError);
    expect(() => producer.tryProduce(request as never)).toThrow(UsageError);
    expect(producer.pending).toEqual({ messages: 0, bytes: 0, waiting: 0 });
    await producer.flush();
    expect(broker.published).toEqual([]);
  });

  it("refuses a message larger than the server, or the station, allows", async () => {
    const producer = await openProducer(new FakeBroker());
    const tooLarge = { name: "PayloadTooLargeError", outcome: "not-sent", limitBytes: 1_000 };
    await expect(producer.produce({ message: "x".repeat(1_000) })).rejects.toMatchObject(tooLarge);
    const small = await openProducer(new FakeBroker(), {}, fakeStation("orders", 1, { maxMessageBytes: 100 }));
    await expect(small.produce({ message: "x".repeat(100) })).rejects.toThrow(PayloadTooLargeError);
  });

  it("follows a station that grows", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    await expect(producer.produce({ message: "a", partitionNumber: 2 })).rejects.toThrow(UsageError);
    producer.follow(fakeStation("orders", 2));
    expect(producer.partitions).toEqual([1, 2]);
    await producer.produce({ message: "a", partitionNumber: 2 });
    expect(broker.published).toMatchObject([{ partition: 2 }]);
  });

  it("rejects a call that finds no room until the deadline; it is not reported by event", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker, { maxInFlightMessages: 1, deliveryTimeoutMs: 1_000 });
    const failures: unknown[] = [];
    producer.on("delivery-failed", (error) => failures.push(error));
    await producer.produce({ message: "a" });
    const waiting = producer.produce({ message: "b" });
    const refused = expect(waiting).rejects.toMatchObject({ name: "DeliveryExpiredError", outcome: "not-sent" });
    // Both deadlines are the same: the one that waits is sent away before the other makes room.
    await pass(1_000);
    await refused;
    expect(failures).toMatchObject([{ name: "AckTimeoutError" }]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a message with a deadline of its own", () => {
  it("ends then, on its way or waiting for room, and says so; the others have the producer's", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker, {
      maxInFlightMessages: 2,
      deliveryTimeoutMs: 5_000,
      ackTimeoutMs: 60_000,
    });
    const ended: unknown[] = [];
    const produce = (message: string, deliveryTimeoutMs?: number): void => {
      producer
        .produce({ message, deliveryTimeoutMs, asyncProduce: false })
        .then(({ sequence }) => ended.push([message, sequence]))
        .catch((error: unknown) => {
          const { name, deliveryTimeoutMs } = error as DeliveryExpiredError | AckTimeoutError;
          ended.push([message, name, deliveryTimeoutMs]);
        });
    };
    produce("patient on its way");
    produce("short on its way", 1_000);
    produce("patient that waits");
    produce("short that waits", 500);
    produce("very patient that waits", 60_000);
    await pass(500);
    expect(ended).toEqual([["short that waits", "DeliveryExpiredError", 500]]);
    await pass(500);
    expect(ended.slice(1)).toEqual([["short on its way", "AckTimeoutError", 1_000]]);
    await pass(4_000);
    expect(ended.slice(2)).toEqual([
      ["patient on its way", "AckTimeoutError", 5_000],
      ["patient that waits", "AckTimeoutError", 5_000],
    ]);
    broker.ackAll();
    await pass(0);
    expect(ended.slice(4)).toEqual([["very patient that waits", expect.any(Number)]]);
    await producer.close().catch(() => undefined);
    await pass(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is checked for it before it is sent", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    await expect(producer.produce({ message: "a", deliveryTimeoutMs: 0 })).rejects.toThrow(
      "produce: deliveryTimeoutMs must be",
    );
    expect(broker.published).toEqual([]);
  });
});

describe("tryProduce", () => {
  it("gives undefined while the window is full, without writing the message or asking the partitioner", async () => {
    const broker = new FakeBroker();
    const partitioner = vi.fn(() => 1);
    const serializer = vi.fn(() => new Uint8Array(1));
    const producer = await openProducer(broker, { maxInFlightMessages: 1, partitioner, serializer });
    expect(producer.tryProduce({ message: "a" })).toMatchObject({ partition: 1 });
    expect(producer.tryProduce({ message: "b" })).toBeUndefined();
    expect(partitioner).toHaveBeenCalledTimes(1);
    expect(serializer).toHaveBeenCalledTimes(1);
    broker.ackAll();
    expect(producer.tryProduce({ message: "c" })).toBeDefined();
  });

  it("throws for bad input even when the window is full", async () => {
    const producer = await openProducer(new FakeBroker(), { maxInFlightMessages: 1 });
    producer.tryProduce({ message: "a" });
    expect(() => producer.tryProduce({ message: "a", msgId: "" })).toThrow(UsageError);
  });
});

describe("failures", () => {
  it("reach the event with the request, and the next flush, once", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    const failures: DeliveryFailure[] = [];
    producer.on("delivery-failed", (_error, failure) => failures.push(failure));
    const request = { message: "a", headers: { h: "1" } };
    await producer.produce(request);
    broker.answer(broker.published[0]!.reply, '{"error":{"code":400,"err_code":1,"description":"no"}}');
    expect(failures).toMatchObject([{ station: "orders", partition: 1, request, error: { code: "SK_BROKER" } }]);
    expect(failures[0]?.request).toBe(request);
    await expect(producer.flush()).rejects.toMatchObject({ failedCount: 1, failed: failures });
    await producer.flush();
    await producer.close();
  });

  it("do not reach a listener that was taken off", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    const listener = vi.fn();
    producer.on("delivery-failed", listener);
    producer.off("delivery-failed", listener);
    await producer.produce({ message: "a" });
    broker.answer(broker.published[0]!.reply, "nonsense");
    expect(listener).not.toHaveBeenCalled();
    await expect(producer.flush()).rejects.toThrow(DeliveryError);
  });

  it("let a listener produce again at once, in order", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker, { maxInFlightMessages: 1 });
    producer.on("delivery-failed", (_error, { request }) => void producer.produce(request));
    void producer.produce({ message: "a" });
    void producer.produce({ message: "b" });
    broker.answer(broker.published.shift()!.reply, "nonsense");
    expect(broker.published).toMatchObject([{ text: "b" }]);
    broker.ackAll();
    // "a" again comes behind "b", which was waiting before.
    expect(broker.takeTexts()).toBe("a");
  });

  it("of ten thousand calls that wait, one after another, overflow no stack when publishing throws", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker, { maxInFlightMessages: 1 });
    const calls = range(10_000).map((i) => producer.produce({ message: String(i) }));
    broker.publishError = () => new Error("draining");
    broker.ack(broker.published[0]!.reply, 1);
    await Promise.all(calls);
    expect(producer.pending).toEqual({ messages: 0, bytes: 0, waiting: 0 });
    await expect(producer.flush()).rejects.toMatchObject({ failedCount: 9_999, failed: { length: 1_000 } });
  });
});

describe("a signal", () => {
  it("that has fired already refuses the message", async () => {
    const producer = await openProducer(new FakeBroker());
    const call = producer.produce({ message: "a", signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: "AbortedError", outcome: "not-sent" });
  });

  it("takes back a call that waits, whose place in the window nobody loses", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker, { maxInFlightMessages: 1 });
    const controller = new AbortController();
    void producer.produce({ message: "a" });
    const given = producer.produce({ message: "b", signal: controller.signal });
    const kept = producer.produce({ message: "c" });
    controller.abort();
    await expect(given).rejects.toMatchObject({ name: "AbortedError", outcome: "not-sent" });
    broker.ackAll();
    await kept;
    expect(broker.takeTexts()).toBe("c");
  });

  it("tells unknown of what is on the wire", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    const controller = new AbortController();
    const delivery = await producer.produce({ message: "a", signal: controller.signal });
    controller.abort();
    await expect(delivery.acknowledged).rejects.toMatchObject({ name: "AbortedError", outcome: "unknown" });
    expect(producer.pending.messages).toBe(0);
    broker.ackAll();
    await expect(producer.flush()).rejects.toThrow(DeliveryError);
  });

  it.each(["pipelined", "strict"] as const)(
    "that many share ends them all, sends none of those that waited, and harms no other (%s)",
    async (ordering) => {
      const broker = new FakeBroker();
      const producer = await openProducer(broker, { maxInFlightMessages: 10, ordering });
      const controller = new AbortController();
      const failures = vi.fn();
      producer.on("delivery-failed", failures);
      const results: Promise<string>[] = [];
      const produce = (message: string, signal?: AbortSignal): void => {
        const call = producer.produce({ message, asyncProduce: false, ...(signal && { signal }) });
        results.push(
          call.then(
            () => "stored",
            (error: unknown) => (error as { outcome: string }).outcome,
          ),
        );
      };
      for (const i of range(100)) produce(`a${i}`, i % 2 === 0 ? controller.signal : undefined);
      const onTheWire = new Set(broker.takeTexts().split(" "));
      controller.abort();
      // Half of the ten that were in the window; the others never were, and only their calls are rejected.
      expect(failures).toHaveBeenCalledTimes(5);
      for (let i = 0; i < 200; i++) {
        expect(broker.published.filter(({ text }) => Number(text.slice(1)) % 2 === 0)).toEqual([]);
        broker.ackAll();
        if (broker.published.length === 0 && producer.pending.messages === 0) break;
        await pass(100);
      }
      await pass(60_000);
      const outcomes = await Promise.all(results);
      for (const i of range(100)) {
        const wasSent = onTheWire.has(`a${i}`);
        if (i % 2 === 0) expect(outcomes[i]).toBe(wasSent ? "unknown" : "not-sent");
        else if (!wasSent) expect(outcomes[i]).toBe("stored");
      }
      expect(producer.pending).toEqual({ messages: 0, bytes: 0, waiting: 0 });
      await producer.close().catch(() => undefined);
    },
  );

  it("shared by thousands brings no warning of a leak", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    const { signal } = new AbortController();
    for (const i of range(3_000)) void producer.produce({ message: String(i), signal });
    while (broker.published.length > 0) broker.ackAll();
    vi.useRealTimers();
    await new Promise(setImmediate);
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
  });
});

describe("flush", () => {
  it("waits for what was produced before it, also for calls that wait, and for nothing after", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker, { maxInFlightMessages: 1 });
    void producer.produce({ message: "a" });
    void producer.produce({ message: "b" });
    let flushed = false;
    void producer.flush().then(() => (flushed = true));
    void producer.produce({ message: "c" });
    broker.ackAll();
    await pass(0);
    expect(flushed).toBe(false);
    broker.ackAll();
    await pass(0);
    expect(flushed).toBe(true);
    expect(producer.pending.messages).toBe(1);
  });
});

describe("close", () => {
  it("takes no more messages, waits for the others, and leaves nothing open", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    void producer.produce({ message: "a" });
    const closed = producer.close();
    await expect(producer.produce({ message: "b" })).rejects.toThrow(ProducerClosedError);
    expect(() => producer.tryProduce({ message: "b" })).toThrow(ProducerClosedError);
    broker.ackAll();
    await closed;
    expect(producer.close()).toBe(closed);
    expect(broker).toMatchObject({ listeners: 0, subscriptions: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("tells of failures, and is closed all the same", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker, { deliveryTimeoutMs: 1_000 });
    void producer.produce({ message: "a" });
    const closed = expect(producer.close()).rejects.toThrow(DeliveryError);
    await pass(1_000);
    await closed;
    expect(broker).toMatchObject({ listeners: 0, subscriptions: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves no timer of a retry whose message was given up", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker, { retryDelayMs: 60_000, maxRetryDelayMs: 60_000 });
    const controller = new AbortController();
    void producer.produce({ message: "a", signal: controller.signal });
    broker.answer(broker.published[0]!.reply, '{"error":{"code":429}}', 429);
    controller.abort();
    await expect(producer.close()).rejects.toThrow(DeliveryError);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends by the deadline when there is no connection", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker, { deliveryTimeoutMs: 2_000 });
    broker.disconnect();
    void producer.produce({ message: "a" });
    const closed = expect(producer.close()).rejects.toMatchObject({ failed: [{ error: { outcome: "not-sent" } }] });
    await pass(2_000);
    await closed;
  });
});

describe("a connection that is closed for good", () => {
  it("ends everything at once: what waits for room and what is unsent as not-sent, the rest as unknown", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker, { maxInFlightMessages: 4 }, fakeStation("orders", 2));
    const outcomes = range(10).map((i) =>
      producer.produce({ message: String(i), asyncProduce: false, partitionNumber: (i % 2) + 1 }).then(
        () => "stored",
        (error: unknown) => `${(error as Error).name} ${(error as { outcome: string }).outcome}`,
      ),
    );
    await pass(1);
    broker.closeForGood();
    expect(await Promise.all(outcomes)).toEqual([
      ...range(4).map(() => "ConnectionClosedError unknown"),
      ...range(6).map(() => "ConnectionClosedError not-sent"),
    ]);
    expect(producer.pending).toEqual({ messages: 0, bytes: 0, waiting: 0 });
  });

  it("refuses later calls at once", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    broker.closeForGood();
    await expect(producer.produce({ message: "a" })).rejects.toThrow(ConnectionClosedError);
    expect(() => producer.tryProduce({ message: "a" })).toThrow(ConnectionClosedError);
    await producer.close();
  });
});

describe("messages produced together", () => {
  it("leave in order at the end of the turn, the first and every burst of 128 at once", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    const sentAfter = range(150).map((i) => {
      void producer.produce({ message: String(i) });
      return broker.published.length;
    });
    expect(sentAfter.slice(0, 128)).toEqual(range(128).map(() => 1));
    expect(sentAfter[128]).toBe(129);
    expect(sentAfter[149]).toBe(129);
    await pass(1);
    expect(broker.takeTexts()).toBe(range(150).join(" "));
  });

  it("that are aborted before they left are not sent, and were not", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker);
    const controller = new AbortController();
    void producer.produce({ message: "a" });
    const delivery = await producer.produce({ message: "b", signal: controller.signal });
    controller.abort();
    await expect(delivery.acknowledged).rejects.toMatchObject({ outcome: "not-sent" });
    await pass(1);
    expect(broker.takeTexts()).toBe("a");
  });

  it("wait for the connection when it goes away before they left", async () => {
    const broker = new FakeBroker();
    const producer = await openProducer(broker, { idempotent: false });
    for (const i of range(3)) void producer.produce({ message: String(i) });
    broker.disconnect();
    await pass(1);
    broker.published.length = 0;
    broker.reconnect();
    expect(broker.published).toMatchObject([{ text: "1" }]);
    broker.ackAll();
    expect(broker.takeTexts()).toBe("2");
  });
});

import { UsageError } from "@stationkit/core-protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeBroker, fakeStation, openProducer } from "./broker.fake.js";
import { MultiStationProducer } from "./multi-station-producer.js";
import { DeliveryError, MultiStationError } from "./producer-errors.js";
import type { ProducerOptions } from "./producer-options.js";

interface Rig {
  readonly producer: MultiStationProducer<unknown>;
  readonly brokers: readonly FakeBroker[];
}

/** One broker per station, so that each can be answered by itself. */
async function open(options: Partial<ProducerOptions> = {}, partitions = [1, 1, 1]): Promise<Rig> {
  const brokers = partitions.map(() => new FakeBroker());
  const producers = await Promise.all(
    brokers.map((broker, i) => openProducer(broker, options, fakeStation(`s${i}`, partitions[i]))),
  );
  return { producer: new MultiStationProducer("p", producers, options.idempotent !== false), brokers };
}

function ack(broker: FakeBroker, station: string): void {
  for (const { reply, partition } of broker.published.splice(0)) {
    broker.answer(reply, `{"stream":"${station}$${partition}", "seq":5}`);
  }
}

function refuse(broker: FakeBroker): void {
  for (const { reply } of broker.published.splice(0)) broker.answer(reply, '{"error":{"code":400}}');
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a producer for several stations", () => {
  it("sends to all at once, under one id, and gives an acknowledgement per station in their order", async () => {
    const { producer, brokers } = await open();
    expect(producer.stationNames).toEqual(["s0", "s1", "s2"]);
    const delivery = await producer.produce({ message: "a" });
    expect(delivery.deliveries.map(({ station }) => station)).toEqual(["s0", "s1", "s2"]);
    const ids = brokers.map(({ published }) => published[0]?.msgId);
    expect(ids[0]).toMatch(/./);
    expect(new Set(ids).size).toBe(1);
    expect(producer.pending.messages).toBe(3);
    for (const i of [2, 0, 1]) ack(brokers[i]!, `s${i}`);
    expect((await delivery.acknowledged).map(({ station }) => station)).toEqual(["s0", "s1", "s2"]);
    expect(delivery.acknowledged).toBe(delivery.acknowledged);
  });

  it("gives the acknowledgements alone when asyncProduce is false", async () => {
    const { producer, brokers } = await open();
    const produced = producer.produce({ message: "a", asyncProduce: false });
    await vi.advanceTimersByTimeAsync(0);
    for (const [i, broker] of brokers.entries()) ack(broker, `s${i}`);
    expect(await produced).toMatchObject([{ station: "s0" }, { station: "s1" }, { station: "s2" }]);
  });

  it("tells which stations have the message when some do not, by event too", async () => {
    const { producer, brokers } = await open();
    const failures: string[] = [];
    producer.on("delivery-failed", (_error, { station }) => failures.push(station));
    const delivery = await producer.produce({ message: "a" });
    ack(brokers[0]!, "s0");
    refuse(brokers[1]!);
    ack(brokers[2]!, "s2");
    const error: unknown = await delivery.acknowledged.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MultiStationError);
    expect(error).toMatchObject({
      acknowledged: [{ station: "s0" }, { station: "s2" }],
      failed: [{ station: "s1", error: { code: "SK_BROKER" } }],
      outcome: "rejected",
      retryable: false,
    });
    expect(failures).toEqual(["s1"]);
    await expect(producer.flush()).rejects.toMatchObject({ failedCount: 1 });
  });

  it("sends to none when the request is wrong for one of them", async () => {
    const { producer, brokers } = await open({}, [3, 1, 3]);
    await expect(producer.produce({ message: "a", partitionNumber: 2 })).rejects.toThrow(UsageError);
    expect(() => producer.tryProduce({ message: "a", partitionNumber: 2 })).toThrow(UsageError);
    expect(brokers.flatMap(({ published }) => published)).toEqual([]);
    expect(producer.pending).toEqual({ messages: 0, bytes: 0, waiting: 0 });
  });

  it("reports a station that never had room, although the call succeeds for the others", async () => {
    const { producer, brokers } = await open({ maxInFlightMessages: 1, deliveryTimeoutMs: 1_000, ackTimeoutMs: 800 });
    const failures: string[] = [];
    producer.on("delivery-failed", (error, { station, request }) =>
      failures.push(`${station} ${String(request.message)} ${error.outcome}`),
    );
    const first = await producer.produce({ message: "a" });
    await vi.advanceTimersByTimeAsync(500);
    ack(brokers[0]!, "s0");
    ack(brokers[2]!, "s2");
    // s1 answers nothing: "b" finds no room there before its own deadline.
    const second = producer.produce({ message: "b" });
    vi.setSystemTime(Date.now() + 1_100);
    await vi.advanceTimersByTimeAsync(100);
    const delivery = await second;
    expect(delivery.deliveries.map(({ station }) => station)).toEqual(["s0", "s2"]);
    expect(failures).toContain("s1 b not-sent");
    await expect(delivery.acknowledged).rejects.toMatchObject({ outcome: "unknown" });
    await expect(first.acknowledged).rejects.toThrow(MultiStationError);
    const error: unknown = await producer.flush().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeliveryError);
    expect((error as DeliveryError).failed.map(({ station }) => station)).toContain("s1");
  });

  it("rejects the call itself when no station had room", async () => {
    const { producer } = await open({ maxInFlightMessages: 1, deliveryTimeoutMs: 1_000 });
    await producer.produce({ message: "a" });
    const refused = expect(producer.produce({ message: "b" })).rejects.toMatchObject({
      name: "MultiStationError",
      acknowledged: [],
      outcome: "not-sent",
      retryable: true,
    });
    await vi.advanceTimersByTimeAsync(1_000);
    await refused;
  });

  it("tries nothing when one station is full", async () => {
    const { producer, brokers } = await open({ maxInFlightMessages: 1 });
    expect(producer.tryProduce({ message: "a" })?.deliveries).toHaveLength(3);
    ack(brokers[0]!, "s0");
    expect(producer.tryProduce({ message: "b" })).toBeUndefined();
    expect(brokers[0]!.published).toEqual([]);
  });

  it("writes no bytes for a message that is turned away", async () => {
    const serializer = vi.fn((message: unknown) => Buffer.from(String(message)));
    const { producer } = await open({ maxInFlightMessages: 1, serializer });
    producer.tryProduce({ message: "a" });
    expect(producer.tryProduce({ message: "b" })).toBeUndefined();
    expect(serializer).not.toHaveBeenCalledWith("b");
  });

  it("gives no id when idempotent is false", async () => {
    const { producer, brokers } = await open({ idempotent: false });
    await producer.produce({ message: "a" });
    expect(brokers.map(({ published }) => published[0]?.msgId)).toEqual([undefined, undefined, undefined]);
  });

  it("raises no unhandled rejection when a failed delivery is ignored", async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", onUnhandled);
    const { producer, brokers } = await open();
    void (await producer.produce({ message: "a" })).acknowledged;
    for (const broker of brokers) refuse(broker);
    vi.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", onUnhandled);
    expect(unhandled).toEqual([]);
  });

  it("closes all, and tells of every failure of all", async () => {
    const { producer, brokers } = await open();
    await producer.produce({ message: "a" });
    const closed = expect(producer.close()).rejects.toMatchObject({ failedCount: 3, failed: { length: 3 } });
    for (const broker of brokers) refuse(broker);
    await closed;
    expect(brokers.map(({ subscriptions }) => subscriptions)).toEqual([0, 0, 0]);
    await expect(producer.produce({ message: "b" })).rejects.toMatchObject({ code: "SK_PRODUCER_CLOSED" });
  });
});

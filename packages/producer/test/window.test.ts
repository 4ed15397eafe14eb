import { AbortedError, connect, DeliveryExpiredError } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { readStation } from "@stationkit/test-kit";
import { itOnJetStream, useBroker } from "@stationkit/test-kit/vitest";
import { describe, expect, it, vi } from "vitest";
import { createProducer, DeliveryError, ProducerClosedError } from "../src/index.js";

const broker = useBroker();

describe("the window", () => {
  it("lets every one of many concurrent waiters in, in order, and stores each message once", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p", maxInFlightMessages: 3 });
    const acks = await Promise.all(
      Array.from({ length: 5_000 }, (_, i) => producer.produce({ message: String(i), asyncProduce: false })),
    );
    expect(acks.map((ack) => ack.sequence)).toEqual(acks.map((_, i) => i + 1));
    const stored = await readStation(connection, stationName);
    expect(stored.map(({ text }) => text)).toEqual(acks.map((_, i) => String(i)));
  });

  it("tells with tryProduce that it is full, instead of waiting", async () => {
    const connection = await broker.connect();
    const producer = await createProducer(connection, {
      stationName: broker.station(),
      producerName: "p",
      maxInFlightBytes: 100,
    });
    const admitted = producer.tryProduce({ message: "x".repeat(100) });
    expect(admitted).toBeDefined();
    expect(producer.tryProduce({ message: "x" })).toBeUndefined();
    await admitted?.acknowledged;
    expect(producer.tryProduce({ message: "x" })).toBeDefined();
    await producer.flush();
  });

  it("gives a message up on request: unsent before it is let in, unknown while it is on its way", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p", maxInFlightMessages: 1 });
    const onTheWay = new AbortController();
    const stillOutside = new AbortController();
    const first = await producer.produce({ message: "1", signal: onTheWay.signal });
    const second = producer.produce({ message: "2", signal: stillOutside.signal });
    const third = producer.produce({ message: "3" });
    stillOutside.abort();
    await expect(second).rejects.toMatchObject({ code: "SK_ABORTED", outcome: "not-sent" });
    onTheWay.abort();
    await expect(first.acknowledged).rejects.toMatchObject({ code: "SK_ABORTED", outcome: "unknown" });
    await expect(producer.produce({ message: "4", signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
    await (
      await third
    ).acknowledged;
    await expect(producer.flush()).rejects.toThrow(DeliveryError);
    const stored = await readStation(connection, stationName);
    expect(stored.map(({ text }) => text)).toEqual(["1", "3"]);
  });

  it("flushes what is in flight when it closes, and takes nothing afterwards", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p", maxInFlightMessages: 10 });
    const calls = Array.from({ length: 1_000 }, (_, i) => producer.produce({ message: String(i) }));
    const closed = producer.close();
    await expect(producer.produce({ message: "late" })).rejects.toThrow(ProducerClosedError);
    await closed;
    await Promise.all(calls);
    expect(await readStation(connection, stationName)).toHaveLength(1_000);
  });

  it("is flushed by the connection's close, too", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p" });
    for (let i = 0; i < 500; i++) await producer.produce({ message: String(i) });
    await connection.close();
    await expect(producer.produce({ message: "late" })).rejects.toThrow(ProducerClosedError);
    expect(await readStation(await broker.connect(), stationName)).toHaveLength(500);
  });

  itOnJetStream("keeps the failures for the producer's own close, when the connection is closed first", async () => {
    const connection = await broker.connect();
    const producer = await createProducer(connection, {
      stationName: broker.station(),
      producerName: "p",
      station: { retention: { type: "messages", maxMessages: 1 }, discard: "new" },
    });
    for (let i = 0; i < 5; i++) await producer.produce({ message: String(i) });
    await connection.close();
    await expect(producer.close()).rejects.toMatchObject({ code: "SK_DELIVERY", failedCount: 4 });
  });

  itOnJetStream(
    "reports every failure by event and flush, once, with the message; ignoring deliveries raises nothing",
    async () => {
      const connection = await broker.connect();
      const producer = await createProducer(connection, {
        stationName: broker.station(),
        producerName: "p",
        station: { retention: { type: "messages", maxMessages: 1 }, discard: "new" },
      });
      const onFailure = vi.fn();
      producer.on("delivery-failed", onFailure);
      for (let i = 0; i < 5; i++) await producer.produce({ message: `m${i}` });
      const error = await producer.flush().then(
        () => undefined,
        (reason: unknown) => reason as DeliveryError,
      );
      expect(error?.failedCount).toBe(4);
      expect(error?.failed.map(({ request }) => request.message)).toEqual(["m1", "m2", "m3", "m4"]);
      expect(onFailure).toHaveBeenCalledTimes(4);
      expect(onFailure.mock.calls[0]).toMatchObject([{ code: "SK_STATION_FULL" }, { request: { message: "m1" } }]);
      await producer.close();
    },
  );

  it("ends the waiting of callers and messages at the deadline, while the server is away", async () => {
    await using server = await startNats();
    const connection = await connect({ servers: server.url, closeTimeoutMs: 2_000 });
    const producer = await createProducer(connection, {
      stationName: "s",
      producerName: "p",
      maxInFlightMessages: 1,
      deliveryTimeoutMs: 1_000,
    });
    await server.kill();
    await vi.waitFor(() => {
      expect(connection.state).toBe("reconnecting");
    }, 20_000);
    const admitted = await producer.produce({ message: "1" });
    const patient = producer.produce({ message: "2", deliveryTimeoutMs: 1_500, asyncProduce: false });
    const expectedOfPatient = expect(patient).rejects.toMatchObject({ deliveryTimeoutMs: 1_500, outcome: "not-sent" });
    const startedAt = performance.now();
    await expect(producer.produce({ message: "3", deliveryTimeoutMs: 200 })).rejects.toThrow("within 200 ms");
    expect(performance.now() - startedAt).toBeLessThan(900);
    await expect(producer.produce({ message: "4" })).rejects.toThrow(DeliveryExpiredError);
    await expect(admitted.acknowledged).rejects.toMatchObject({ code: "SK_DELIVERY_EXPIRED", outcome: "not-sent" });
    await expectedOfPatient;
    await expect(producer.close()).rejects.toThrow(DeliveryError);
    await connection.close();
  });
});

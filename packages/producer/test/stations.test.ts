import { connect, PermissionDeniedError, StationNotFoundError } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createStationAdmin } from "@stationkit/station-admin";
import { readStation } from "@stationkit/test-kit";
import { useBroker } from "@stationkit/test-kit/vitest";
import { describe, expect, it, vi } from "vitest";
import { createProducer, MultiStationError } from "../src/index.js";

const broker = useBroker({
  config: {
    authorization: {
      users: [
        { user: "all", password: "secret" },
        {
          user: "least",
          password: "secret",
          permissions: {
            publish: ["least", "made"].flatMap((name) => [
              `${name}$1.final`,
              `$JS.API.STREAM.INFO.${name}$1`,
              `$JS.API.STREAM.CREATE.${name}$1`,
            ]),
            subscribe: ["_INBOX.>", "$JS.EVENT.ADVISORY.STREAM.*.least$1", "$JS.EVENT.ADVISORY.STREAM.*.made$1"],
          },
        },
        {
          user: "some",
          password: "secret",
          permissions: { publish: { deny: ["denied-1$1.final", "denied-2$1.final"] } },
        },
      ],
    },
  },
});
const all = { username: "all", password: "secret" };

describe("several stations", () => {
  it("sends one message to all of them under one id, and acknowledges per station in the order given", async () => {
    const connection = await broker.connect(all);
    const stationName = [broker.station(), broker.station()];
    const producer = await createProducer(connection, { stationName, producerName: "p", station: { partitions: 2 } });
    const acks = await producer.produce({ message: { id: 1 }, partitionKey: "k", asyncProduce: false });
    expect(acks.map((ack) => ack.station)).toEqual(stationName);
    expect(new Set(acks.map((ack) => ack.msgId)).size).toBe(1);
    const delivery = await producer.produce({ message: { id: 2 } });
    expect(await delivery.acknowledged).toHaveLength(2);
    for (const name of stationName) {
      const texts = (await readStation(connection, name)).map(({ text }) => text);
      expect(texts.sort()).toEqual(['{"id":1}', '{"id":2}']);
    }
  });

  it("tells which stations have the message when one of them refuses it", async () => {
    const admin = createStationAdmin(await broker.connect(all));
    const [open, denied] = [broker.station(), "denied-1"];
    await admin.create({ name: denied });
    await admin.create({ name: open });
    const connection = await broker.connect({ username: "some", password: "secret" });
    const producer = await createProducer(connection, { stationName: [open, denied], producerName: "p" });
    const onFailure = vi.fn();
    producer.on("delivery-failed", onFailure);
    const error = await producer.produce({ message: "x", asyncProduce: false }).then(
      () => undefined,
      (reason: unknown) => reason as MultiStationError,
    );
    expect(error).toBeInstanceOf(MultiStationError);
    expect(error?.acknowledged).toMatchObject([{ station: open, sequence: 1 }]);
    expect(error?.failed).toMatchObject([
      { station: denied, error: { code: "SK_PERMISSION_DENIED", outcome: "rejected" } },
    ]);
    expect(onFailure).toHaveBeenCalledTimes(1);
    await expect(producer.close()).rejects.toMatchObject({ code: "SK_DELIVERY" });
  });

  it("sends to none of them when the request is wrong for one", async () => {
    const connection = await broker.connect(all);
    const [two, one] = [broker.station(), broker.station()];
    await createStationAdmin(connection).create({ name: two, partitions: 2 });
    const producer = await createProducer(connection, { stationName: [two, one], producerName: "p" });
    await expect(producer.produce({ message: "x", partitionNumber: 2 })).rejects.toMatchObject({ code: "SK_USAGE" });
    expect(await readStation(connection, two)).toEqual([]);
  });

  it("lets tryProduce through only where all have room", async () => {
    const connection = await broker.connect(all);
    const stationName = [broker.station(), broker.station()];
    const producer = await createProducer(connection, { stationName, producerName: "p", maxInFlightMessages: 1 });
    const delivery = producer.tryProduce({ message: "1" });
    expect(producer.tryProduce({ message: "2" })).toBeUndefined();
    expect(await delivery?.acknowledged).toHaveLength(2);
    for (const name of stationName) expect(await readStation(connection, name)).toHaveLength(1);
  });
});

describe("a login with limits", () => {
  it("needs no more permissions than the README says, for a station that is there and for one that is missing", async () => {
    await createStationAdmin(await broker.connect(all)).create({ name: "least" });
    const connection = await broker.connect({ username: "least", password: "secret" });
    for (const stationName of ["least", "made"]) {
      const producer = await createProducer(connection, { stationName, producerName: "p" });
      expect(await producer.produce({ message: "x", asyncProduce: false })).toMatchObject({ sequence: 1 });
    }
  });

  it("is told at once which messages it may not publish; the others arrive", async () => {
    const admin = createStationAdmin(await broker.connect(all));
    const [open, denied] = [broker.station(), "denied-2"];
    await admin.create({ name: denied });
    await admin.create({ name: open });
    const connection = await broker.connect({ username: "some", password: "secret" });
    const good = await createProducer(connection, { stationName: open, producerName: "p" });
    const bad = await createProducer(connection, { stationName: denied, producerName: "p" });
    const startedAt = Date.now();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 2_000 }, (_, i) =>
        (i % 2 === 0 ? good : bad).produce({ message: "x", asyncProduce: false }),
      ),
    );
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    for (const [i, outcome] of outcomes.entries()) {
      if (i % 2 === 0) expect(outcome.status).toBe("fulfilled");
      else expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(PermissionDeniedError);
    }
    expect(await readStation(await broker.connect(all), open)).toHaveLength(1_000);
    await bad.close().catch(() => undefined);
  });
});

describe("a station that changes under a running producer", () => {
  it("is followed when it grows", async () => {
    const connection = await broker.connect(all);
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p", station: { partitions: 2 } });
    await createStationAdmin(await broker.connect(all)).addPartitions(stationName, { total: 5 });
    await vi.waitFor(() => {
      expect(producer.partitions).toEqual([1, 2, 3, 4, 5]);
    }, 20_000);
    expect(await producer.produce({ message: "x", partitionNumber: 5, asyncProduce: false })).toMatchObject({
      partition: 5,
    });
  });

  it("rejects within seconds when it was destroyed, and goes on when it is made again", async () => {
    const connection = await broker.connect(all);
    const admin = createStationAdmin(await broker.connect(all));
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p" });
    await producer.produce({ message: "1", asyncProduce: false });
    await admin.destroy(stationName);
    const startedAt = Date.now();
    await expect(producer.produce({ message: "2", asyncProduce: false })).rejects.toThrow(StationNotFoundError);
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    await admin.create({ name: stationName, partitions: 3 });
    await vi.waitFor(() => {
      expect(producer.partitions).toHaveLength(3);
    }, 20_000);
    await producer.produce({ message: "3", partitionNumber: 3, asyncProduce: false });
    expect(await readStation(connection, stationName)).toMatchObject([{ partition: 3, text: "3" }]);
    await expect(producer.close()).rejects.toMatchObject({ failedCount: 1 });
  });

  it("rejects within seconds when its server comes back without JetStream, and goes on when it has it again", async () => {
    await using storing = await startNats();
    const connection = await connect({ servers: storing.url, reconnectDelayMs: 50 });
    const producer = await createProducer(connection, { stationName: "s", producerName: "p" });
    await producer.produce({ message: "1", asyncProduce: false });
    await storing.kill();
    const without = await startNats({ port: storing.port, jetstream: false });
    const refused = producer.produce({ message: "2", asyncProduce: false });
    await expect(refused).rejects.toMatchObject({ code: "SK_JETSTREAM_DISABLED", outcome: "rejected" });
    await without.stop();
    await storing.restart();
    expect(await producer.produce({ message: "3", asyncProduce: false })).toMatchObject({ sequence: 2 });
    await expect(producer.close()).rejects.toMatchObject({ failedCount: 1 });
    await connection.close();
  });
});

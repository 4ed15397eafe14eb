import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readStation } from "@stationkit/test-kit";
import { itOnJetStream, useBroker } from "@stationkit/test-kit/vitest";
import { describe, expect, it } from "vitest";
import { createProducer } from "../src/index.js";

const broker = useBroker();

async function* count(to: number): AsyncGenerator<{ message: { id: number }; partitionKey: string }> {
  for (let id = 0; id < to; id++) {
    if (id % 100 === 0) await Promise.resolve();
    yield { message: { id }, partitionKey: `key-${id % 7}` };
  }
}

const full = { retention: { type: "messages", maxMessages: 3 }, discard: "new" } as const;

describe("produceMany", () => {
  it("sends a source with back-pressure and sums up what became of it", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, {
      stationName,
      producerName: "p",
      station: { partitions: 3 },
      maxInFlightMessages: 50,
    });
    const summary = await producer.produceMany(count(10_000));
    expect(summary).toMatchObject({
      received: 10_000,
      produced: 10_000,
      failed: 0,
      duplicates: 0,
      failures: [],
      aborted: false,
    });
    expect(await readStation(connection, stationName)).toHaveLength(10_000);
  });

  itOnJetStream("takes bare bytes and texts, and names the items that failed by their place", async () => {
    const connection = await broker.connect();
    const producer = await createProducer(connection, {
      stationName: broker.station(),
      producerName: "p",
      station: full,
    });
    const summary = await producer.produceMany([
      "a",
      Buffer.from("b"),
      { message: 1n },
      { message: "c" },
      "d",
      5 as never,
    ]);
    expect(summary).toMatchObject({ received: 6, produced: 3, failed: 3 });
    expect(summary.failures.map(({ index, error }) => [index, error.code]).sort()).toEqual([
      [2, "SK_USAGE"],
      [4, "SK_STATION_FULL"],
      [5, "SK_USAGE"],
    ]);
  });

  it("refuses a text, bytes and unknown options, before it reads anything", async () => {
    const connection = await broker.connect();
    const producer = await createProducer(connection, { stationName: broker.station(), producerName: "p" });
    for (const source of ["abc", Buffer.from("abc"), undefined, 5]) {
      await expect(producer.produceMany(source as never)).rejects.toThrow("iterable");
    }
    await expect(producer.produceMany(["a"], { sigal: 1 } as never)).rejects.toThrow("unknown option sigal");
  });

  it("stops reading when it is aborted", async () => {
    const connection = await broker.connect();
    const producer = await createProducer(connection, { stationName: broker.station(), producerName: "p" });
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<string> {
      for (let i = 0; ; i++) {
        if (i === 500) controller.abort();
        await Promise.resolve();
        yield String(i);
      }
    }
    const summary = await producer.produceMany(endless(), { signal: controller.signal });
    expect(summary).toMatchObject({ aborted: true, received: 500 });
    expect(summary.produced).toBe(500);
  });

  it("rejects with the source's own error, after settling what it had admitted", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p" });
    const broken = async function* (): AsyncGenerator<string> {
      yield* ["1", "2"];
      await Promise.resolve();
      throw new Error("the file ended early");
    };
    await expect(producer.produceMany(broken())).rejects.toThrow("the file ended early");
    expect(producer.pending.messages).toBe(0);
    expect(await readStation(connection, stationName)).toHaveLength(2);
  });
});

describe("writable", () => {
  it("finishes when everything that was piped into it is stored", async () => {
    const connection = await broker.connect();
    const stationName = broker.station();
    const producer = await createProducer(connection, { stationName, producerName: "p", maxInFlightMessages: 20 });
    await pipeline(Readable.from(count(5_000)), producer.writable());
    expect(await readStation(connection, stationName)).toHaveLength(5_000);
  });

  itOnJetStream("fails with the reason when a message is refused", async () => {
    const connection = await broker.connect();
    const producer = await createProducer(connection, {
      stationName: broker.station(),
      producerName: "p",
      station: full,
    });
    await expect(pipeline(Readable.from(count(100)), producer.writable())).rejects.toMatchObject({
      code: "SK_STATION_FULL",
    });
    await expect(pipeline(Readable.from([1]), producer.writable())).rejects.toMatchObject({ code: "SK_USAGE" });
  });
});

import { readStation } from "@stationkit/test-kit";
import { describe, expect, it, vi } from "vitest";
import { useStage } from "./support/stage.js";

const stage = useStage();
const WAIT = { timeout: 20_000, interval: 20 };

/** What the partitions hold, as `partition text`. */
async function stored(name: string): Promise<string[]> {
  return (await readStation(await stage.connect(), name)).map(({ partition, text }) => `${partition} ${text}`).sort();
}

describe("memphis-dev's producer", () => {
  it("makes a missing station with Memphis's defaults, and stores what it is awaited for", async () => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const name = `${stage.station()}.eu`;
    const producer = await memphis.producer({ stationName: name, producerName: "P1" });
    await producer.produce({ message: { id: 1 }, asyncProduce: false });
    await producer.produce({ message: "text", asyncProduce: false });
    await producer.produce({ message: Buffer.from([1, 2]), asyncProduce: false });
    expect(await stored(name)).toEqual(['1 {"id":1}', "1 \u0001\u0002", "1 text"].sort());
    const [first] = await readStation(await stage.connect(), name);
    expect(first!.headers.get("$memphis_producedBy")).toBe("p1");
    expect(first!.headers.get("$memphis_connectionId")).toBe(memphis.connectionId);
    expect((await admin.describe(name)).settings.retention).toEqual({ type: "age", maxAgeMs: 3_600_000 });
  });

  it("stores what it is not awaited for, over all partitions in turn", async () => {
    const memphis = await stage.memphis();
    const name = stage.station();
    await memphis.station({ name, partitionsNumber: 3 });
    const producer = await memphis.producer({ stationName: name, producerName: "p" });
    await Promise.all(Array.from({ length: 6 }, (_, i) => producer.produce({ message: `m${i}` })));
    await vi.waitFor(async () => {
      expect(await stored(name)).toEqual(["1 m0", "1 m3", "2 m1", "2 m4", "3 m2", "3 m5"]);
    }, WAIT);
  });

  it("sends to the partition that it is told", async () => {
    const memphis = await stage.memphis();
    const name = stage.station();
    await memphis.station({ name, partitionsNumber: 4 });
    const producer = await memphis.producer({ stationName: name, producerName: "p" });
    await producer.produce({ message: "m", producerPartitionNumber: 3, asyncProduce: false });
    expect(await stored(name)).toEqual(["3 m"]);
  });

  it("ignores a key where there is one partition", async () => {
    const memphis = await stage.memphis();
    const name = stage.station();
    const producer = await memphis.producer({ stationName: name, producerName: "p" });
    await producer.produce({ message: "m", producerPartitionKey: "k", asyncProduce: false });
    expect(await stored(name)).toEqual(["1 m"]);
  });

  it("carries headers, given as an object or as its own", async () => {
    const memphis = await stage.memphis();
    const name = stage.station();
    const producer = await memphis.producer({ stationName: name, producerName: "p" });
    const headers = memphis.headers();
    headers.add("a", "1");
    await producer.produce({ message: "m", headers, asyncProduce: false });
    await producer.produce({ message: "m", headers: { b: "2" }, asyncProduce: false });
    const messages = await readStation(await stage.connect(), name);
    expect(messages.map(({ headers: of }) => [of.get("a"), of.get("b")])).toEqual([
      ["1", undefined],
      [undefined, "2"],
    ]);
  });

  it("stores a message id twice: plain NATS does not look at msg-id", async () => {
    const memphis = await stage.memphis();
    const name = stage.station();
    const producer = await memphis.producer({ stationName: name, producerName: "p" });
    for (let i = 0; i < 2; i++) await producer.produce({ message: "m", msgId: "o-17", asyncProduce: false });
    const messages = await readStation(await stage.connect(), name);
    expect(messages.map(({ headers }) => headers.get("msg-id"))).toEqual(["o-17", "o-17"]);
  });

  it("stores a message id once when the header that NATS knows has it as well: the way round", async () => {
    const memphis = await stage.memphis();
    const name = stage.station();
    const producer = await memphis.producer({ stationName: name, producerName: "p" });
    for (let i = 0; i < 2; i++) {
      await producer.produce({ message: "m", headers: { "Nats-Msg-Id": "o-17" }, asyncProduce: false });
    }
    expect(await stored(name)).toEqual(["1 m"]);
  });

  it("is destroyed, also a second time", async () => {
    const memphis = await stage.memphis();
    const producer = await memphis.producer({ stationName: stage.station(), producerName: "p" });
    await producer.destroy();
    await producer.destroy();
  });

  it("says so when its station is gone", async () => {
    const memphis = await stage.memphis();
    const name = stage.station();
    const station = await memphis.station({ name });
    const producer = await memphis.producer({ stationName: name, producerName: "p" });
    await station.destroy();
    await expect(producer.produce({ message: "m", asyncProduce: false })).rejects.toThrow(
      /Station\/Producer still exist/,
    );
  });

  it.each([
    ["p q", /Producer name refused/],
    ["-p", /Producer name refused/],
  ])("may not be called %j", async (producerName, message) => {
    const memphis = await stage.memphis();
    await expect(memphis.producer({ stationName: stage.station(), producerName })).rejects.toThrow(message);
  });
});

describe("memphis-dev's produce() of the connection", () => {
  it("makes producer and station as it goes", async () => {
    const memphis = await stage.memphis();
    const name = stage.station();
    for (const message of ["a", "b"]) {
      await memphis.produce({ stationName: name, producerName: "p", message, asyncProduce: false });
    }
    expect(await stored(name)).toEqual(["1 a", "1 b"]);
  });

  it("sends to several stations", async () => {
    const memphis = await stage.memphis();
    const names = [stage.station(), stage.station()];
    await memphis.produce({ stationName: names, producerName: "p", message: "m", asyncProduce: false });
    for (const name of names) expect(await stored(name)).toEqual(["1 m"]);
  });

  it("sends to several stations through one producer, which can be destroyed", async () => {
    const memphis = await stage.memphis();
    const names = [stage.station(), stage.station()];
    const producer = await memphis.producer({ stationName: names, producerName: "p" });
    await producer.produce({ message: "m", asyncProduce: false });
    for (const name of names) expect(await stored(name)).toEqual(["1 m"]);
    await producer.destroy();
  });
});

describe("memphis-dev's connection", () => {
  it("is connected until it is closed", async () => {
    const memphis = await stage.memphis();
    expect(memphis.isConnected()).toBe(true);
    await memphis.close();
    expect(memphis.isConnected()).toBe(false);
  });
});

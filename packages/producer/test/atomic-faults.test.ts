import { type Connection, connect, ConnectionLostError } from "@stationkit/core-protocol";
import { type NatsServer, startCluster, startNats } from "@stationkit/embedded-nats";
import { createStationAdmin } from "@stationkit/station-admin";
import { readStation } from "@stationkit/test-kit";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { type AtomicAck, createProducer, type Producer } from "../src/index.js";
import { requireAtomic } from "./support/atomic-server.js";
import { before, type CuttingProxy, startCuttingProxy } from "./support/cutting-proxy.js";

const COUNT = 5;
const batchOf = (name: string | number): { message: string }[] =>
  Array.from({ length: COUNT }, (_, i) => ({ message: `${name}/${i}` }));

/** What was stored of each batch, as positions in its partition. */
async function readBatches(connection: Connection, station: string): Promise<Map<string, number[]>> {
  const batches = new Map<string, number[]>();
  for (const [position, { text }] of (await readStation(connection, station)).entries()) {
    const [name = "", index] = text.split("/");
    const positions = batches.get(name) ?? [];
    // Anything but the next message of the batch is a hole, a repeat or a disorder.
    expect(index, `message of batch ${name}`).toBe(String(positions.length));
    batches.set(name, [...positions, position]);
  }
  return batches;
}

function expectWhole(batches: Map<string, number[]>): void {
  for (const [name, positions] of batches) {
    const first = positions[0] ?? 0;
    expect(positions, `batch ${name}`).toEqual(Array.from({ length: COUNT }, (_, i) => first + i));
  }
}

let knowsBatches = false;
beforeAll(async () => {
  await using server = await startNats();
  await using connection = await connect({ servers: server.url });
  knowsBatches = connection.server.jetStreamApiLevel >= 2;
});

describe("a connection that is cut", () => {
  async function run(
    idempotent: boolean,
    cut: (proxy: CuttingProxy) => void,
  ): Promise<{ outcome: PromiseSettledResult<AtomicAck>; stored: Map<string, number[]> }> {
    await using server = await startNats();
    await using proxy = await startCuttingProxy(server.port);
    await using connection = await connect({ servers: proxy.address, reconnectDelayMs: 20 });
    const producer = await createProducer(connection, { stationName: "s", producerName: "p", idempotent });
    await producer.produceAtomic(batchOf("before"));
    cut(proxy);
    const [outcome] = await Promise.allSettled([producer.produceAtomic(batchOf("cut"))]);
    await vi.waitFor(() => {
      expect(connection.state).toBe("connected");
    }, 20_000);
    const stored = await readBatches(connection, "s");
    expectWhole(stored);
    await producer.close().catch(() => undefined);
    return { outcome, stored };
  }

  it("in front of the commit leaves nothing of the batch behind", async ({ skip }) => {
    if (!knowsBatches) skip("this server knows no atomic batches");
    const { outcome, stored } = await run(false, (proxy) => (proxy.fromClient = before("Nats-Batch-Commit")));
    expect(outcome).toMatchObject({ status: "rejected", reason: { outcome: "unknown" } });
    expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(ConnectionLostError);
    expect([...stored.keys()]).toEqual(["before"]);
  });

  it("in front of the commit is made good for by a new try, where the messages have ids", async ({ skip }) => {
    if (!knowsBatches) skip("this server knows no atomic batches");
    const { outcome, stored } = await run(true, (proxy) => (proxy.fromClient = before("Nats-Batch-Commit")));
    expect(outcome).toMatchObject({ value: { firstSequence: COUNT + 1, duplicate: false } });
    expect([...stored.keys()]).toEqual(["before", "cut"]);
  });

  it("in front of the commit's answer is made good for by ids: the batch is found stored, once", async ({ skip }) => {
    if (!knowsBatches) skip("this server knows no atomic batches");
    const { outcome, stored } = await run(true, (proxy) => (proxy.fromServer = before('"batch":')));
    expect(outcome).toMatchObject({ value: { firstSequence: COUNT + 1, lastSequence: 2 * COUNT, duplicate: true } });
    expect([...stored.keys()]).toEqual(["before", "cut"]);
  });

  it("in front of the commit's answer leaves the outcome unknown, where the messages have no ids", async ({ skip }) => {
    if (!knowsBatches) skip("this server knows no atomic batches");
    const { outcome, stored } = await run(false, (proxy) => (proxy.fromServer = before('"batch":')));
    expect(outcome).toMatchObject({ status: "rejected", reason: { outcome: "unknown" } });
    expect([...stored.keys()]).toEqual(["before", "cut"]);
  });
});

/** Produces batches and single messages until the fault is over, and holds what is stored against what was told. */
async function produceThrough(
  connection: Connection,
  producer: Producer,
  fault: Promise<void>,
): Promise<{ acks: number; failures: number }> {
  let underWay = 1;
  const over = fault.finally(() => underWay--);
  const outcomes: Promise<AtomicAck>[] = [];
  while (underWay > 0 || outcomes.length < 200) {
    const batch = producer.produceAtomic(batchOf(outcomes.length));
    outcomes.push(batch);
    // At most as many at a time as a stream takes.
    await Promise.allSettled(outcomes.slice(-20, -19));
  }
  await over;
  const settled = await Promise.allSettled(outcomes);
  const stored = await readBatches(connection, producer.stationName);
  expectWhole(stored);
  let acks = 0;
  for (const [i, outcome] of settled.entries()) {
    const positions = stored.get(String(i));
    if (outcome.status === "fulfilled") {
      acks++;
      expect(positions, `acknowledged batch ${i}`).toHaveLength(COUNT);
      expect(outcome.value.firstSequence).toBe((positions?.[0] ?? -1) + 1);
    } else if ((outcome.reason as { outcome: string }).outcome !== "unknown") {
      expect(positions, `denied batch ${i}`).toBeUndefined();
    }
  }
  await producer.close().catch(() => undefined);
  return { acks, failures: settled.length - acks };
}

describe("a server that is killed and restarted", () => {
  it("has each batch whole or not at all, and every acknowledged one once", async (context) => {
    await using server = await startNats();
    await using connection = await connect({ servers: server.url, reconnectDelayMs: 20 });
    requireAtomic(context, connection);
    const producer = await createProducer(connection, { stationName: "s", producerName: "p", ackTimeoutMs: 1_000 });
    const { acks, failures } = await produceThrough(connection, producer, killAndRestart(server, connection));
    expect(acks).toBeGreaterThanOrEqual(200);
    expect(failures).toBe(0);
  });

  async function killAndRestart(server: NatsServer, connection: Connection): Promise<void> {
    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await server.kill();
      await server.restart();
      await vi.waitFor(() => {
        expect(connection.state).toBe("connected");
      }, 20_000);
    }
  }
});

describe("a cluster of three whose leader is killed", () => {
  it("has each batch whole or not at all, and every acknowledged one once", async (context) => {
    if (!knowsBatches) context.skip("this server knows no atomic batches");
    await using cluster = await startCluster({ size: 3 });
    await using connection = await connect({ servers: cluster.urls, reconnectDelayMs: 20 });
    const producer = await createProducer(connection, { stationName: "s", producerName: "p", ackTimeoutMs: 2_000 });
    const { partitions } = await createStationAdmin(connection).describe("s");
    const leader = cluster.servers.find(({ name }) => name === partitions[0]?.leader);
    const fault = (async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await leader?.kill();
      await cluster.ready({ timeoutMs: 50_000 });
      await leader?.restart();
      await cluster.ready({ timeoutMs: 50_000 });
    })();
    const { acks } = await produceThrough(connection, producer, fault);
    expect(acks).toBeGreaterThan(0);
  }, 120_000);
});

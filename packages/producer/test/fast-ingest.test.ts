import { type Connection, connect, PermissionDeniedError, type StationkitError } from "@stationkit/core-protocol";
import { findBinary, type NatsServer, startCluster, startNats, type StartNatsOptions } from "@stationkit/embedded-nats";
import { createStationAdmin } from "@stationkit/station-admin";
import { brokenPromises, judgeStation, Ledger, readStation, type Verdict } from "@stationkit/test-kit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProducer, type FastIngestPubAck, type ProducerOptions } from "../src/index.js";

const { version } = await findBinary();
/** Batches came with 2.14. */
const hasNone = version.startsWith("2.10.");
if (hasNone) console.warn(`nats-server ${version} has no fast ingest: only its absence is tested`);

const warnings: string[] = [];
const onWarning = (warning: Error & { code?: string }): void => void warnings.push(warning.code ?? warning.name);
const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

beforeEach(() => {
  warnings.length = 0;
  process.on("warning", onWarning);
});
afterEach(() => {
  process.off("warning", onWarning);
  expect(unhandled.splice(0)).toEqual([]);
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const fast = { producerName: "p", delivery: "fast-ingest" } as const;

/** Process warnings are given a turn later. */
async function warned(): Promise<string[]> {
  await new Promise(setImmediate);
  return warnings;
}

interface Run {
  readonly verdict: Verdict;
  readonly acks: readonly FastIngestPubAck[];
}

/** Produces beside a fault for as long as it takes, at least `count` messages, and compares with what is stored. */
async function produceBeside(
  connection: Connection,
  count: number,
  fault: () => Promise<void>,
  options: Partial<Omit<ProducerOptions, "stationName">> = {},
): Promise<Run> {
  const producer = await createProducer(connection, { ackTimeoutMs: 1_000, ...fast, ...options, stationName: "s" });
  let underWay = 1;
  const faulting = fault().finally(() => underWay--);
  const outcomes: Promise<FastIngestPubAck>[] = [];
  for (let i = 0; underWay > 0 || i < count; i++) {
    outcomes.push((await producer.produce({ message: String(i) })).acknowledged);
  }
  await faulting;
  const settled = await Promise.allSettled(outcomes);
  await producer.close().catch(() => undefined);
  const verdict = await judgeStation(connection, "s", toLedger(settled));
  expect(brokenPromises(verdict, { order: false })).toEqual([]);
  return { verdict, acks: settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])) };
}

function toLedger(outcomes: readonly PromiseSettledResult<FastIngestPubAck>[]): Ledger {
  const ledger = new Ledger();
  for (const outcome of outcomes) {
    const index = ledger.attempt();
    if (outcome.status === "fulfilled") {
      ledger.acknowledge(index, outcome.value);
      continue;
    }
    const { outcome: meaning } = outcome.reason as StationkitError;
    ledger.fail(index, meaning);
    ledger.report(index, meaning);
  }
  return ledger;
}

/** Everything acknowledged, and nothing wrong, not even the order. */
function expectFaultless({ verdict }: Run, count: number): void {
  expect(brokenPromises(verdict, { order: true })).toEqual([]);
  expect(verdict).toMatchObject({ attempted: count, acknowledged: count });
}

const oneBatchAtATime = {
  config: { jetstream: { limits: { batch: { max_inflight_per_stream: 1, timeout: "1s" } } } },
} satisfies StartNatsOptions;

const nothing = (): Promise<void> => Promise.resolve();
const batched = ({ acks }: Run): number => acks.filter(({ sequence }) => sequence === undefined).length;

async function withServer<Result>(
  options: StartNatsOptions,
  use: (connection: Connection, server: NatsServer) => Promise<Result>,
): Promise<Result> {
  await using server = await startNats(options);
  const connection = await connect({ servers: server.url, reconnectDelayMs: 50 });
  const result = await use(connection, server);
  await connection.close();
  return result;
}

describe("a station without fast ingest", () => {
  it("takes messages one by one, with a warning, when the server is too old or the station does not allow it", () =>
    withServer({}, async (connection) => {
      const admin = createStationAdmin(connection);
      await admin.create({ name: "s" });
      const { config } = await connection.jetStream.request<{ config: object }>("STREAM.INFO.s$1");
      await connection.jetStream.request("STREAM.UPDATE.s$1", { ...config, allow_batched: false });
      const run = await produceBeside(connection, 2_000, nothing);
      expectFaultless(run, 2_000);
      expect(run.acks.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 2_000 }, (_, i) => i + 1));
      expect(await warned()).toEqual(["SK_FAST_INGEST_UNAVAILABLE"]);
    }));
});

describe.skipIf(hasNone)("a producer by fast ingest", () => {
  it.each([1, 3])("stores everything, once, in order, on %i partitions", (partitions) =>
    withServer({}, async (connection) => {
      const run = await produceBeside(connection, 20_000, nothing, { station: { partitions } });
      expectFaultless(run, 20_000);
      expect(batched(run)).toBeGreaterThan(15_000);
      expect(await warned()).toEqual([]);
    }),
  );

  it("tells the sequence of a message that comes alone, and not of one in a batch", () =>
    withServer({}, async (connection) => {
      const producer = await createProducer(connection, { stationName: "s", ...fast });
      const alone = await producer.produce({ message: "a", msgId: "id", asyncProduce: false });
      expect(alone).toEqual({ station: "s", partition: 1, sequence: 1, duplicate: false, msgId: "id" });
      const [again] = await Promise.all(["id", "x", "y"].map((msgId) => producer.produce({ message: "a", msgId })));
      expect(await again?.acknowledged).toEqual({ ...alone, sequence: undefined, duplicate: undefined });
      await producer.close();
      expect(await readStation(connection, "s")).toHaveLength(3);
    }));

  it("leaves no batch open behind it, neither idle nor closed", () =>
    withServer(oneBatchAtATime, async (connection) => {
      const texts = Array.from({ length: 1_000 }, (_, i) => String(i));
      const idle = await createProducer(connection, { stationName: "s", ...fast });
      await idle.produceMany(texts);
      const next = await createProducer(connection, { stationName: "s", ...fast });
      await next.produceMany(texts);
      await next.close();
      await idle.produceMany(texts);
      await idle.close();
      expect(await readStation(connection, "s")).toHaveLength(3_000);
      expect(await warned()).toEqual([]);
    }));

  it("goes on one by one, with a warning, while the server has as many batches as it may", () =>
    withServer(oneBatchAtATime, async (connection) => {
      await createStationAdmin(connection).create({ name: "s" });
      const { natsConnection, inboxPrefix } = connection;
      // Somebody else's batch, which stays open as long as it is pinged.
      const start = `${inboxPrefix}.other.batch.10.fail.1.0.$FI`;
      natsConnection.publish("s$1.other", "x", { reply: start });
      const pinging = setInterval(() => {
        natsConnection.publish("s$1.other", "", { reply: start.replace(".1.0.", ".1.4.") });
      }, 1_000);
      const run = await produceBeside(connection, 5_000, nothing);
      clearInterval(pinging);
      expect(run.acks).toHaveLength(5_000);
      expect(batched(run)).toBe(0);
      expect(await warned()).toEqual(["SK_FAST_INGEST_UNAVAILABLE"]);
    }));

  it("shares a station with others", () =>
    withServer({}, async (connection) => {
      const producers = await Promise.all(
        ["a", "b", "c"].map((producerName) => createProducer(connection, { stationName: "s", ...fast, producerName })),
      );
      const texts = producers.map(({ producerName }) => Array.from({ length: 5_000 }, (_, i) => `${producerName}${i}`));
      const summaries = await Promise.all(producers.map((producer, i) => producer.produceMany(texts[i] ?? [])));
      expect(summaries.map(({ produced }) => produced)).toEqual([5_000, 5_000, 5_000]);
      const stored = (await readStation(connection, "s")).map(({ text }) => text);
      expect(stored).toHaveLength(15_000);
      for (const list of texts) expect(stored.filter((text) => list[0]?.startsWith(text.charAt(0)))).toEqual(list);
      expect(await warned()).toEqual([]);
    }));

  it("rejects what a full station refuses, and nothing else", () =>
    withServer({}, async (connection) => {
      const producer = await createProducer(connection, {
        stationName: "s",
        ...fast,
        station: { retention: { type: "messages", maxMessages: 300 }, discard: "new" },
      });
      const { produced, failures } = await producer.produceMany(Array.from({ length: 500 }, (_, i) => String(i)));
      expect([produced, failures.length]).toEqual([300, 200]);
      expect(new Set(failures.map(({ error }) => `${error.code} ${error.outcome}`))).toEqual(
        new Set(["SK_STATION_FULL rejected"]),
      );
      await producer.close().catch(() => undefined);
      expect((await readStation(connection, "s")).map(({ text }) => text)).toEqual(
        Array.from({ length: 300 }, (_, i) => String(i)),
      );
    }));

  it("rejects within seconds when the station was destroyed, and goes on when it is made again", () =>
    withServer({}, async (connection) => {
      const admin = createStationAdmin(connection);
      const producer = await createProducer(connection, { stationName: "s", ...fast });
      await producer.produceMany(Array.from({ length: 1_000 }, (_, i) => String(i)));
      await admin.destroy("s");
      const { failures } = await producer.produceMany(["a", "b", "c", "d"]);
      expect(failures.map(({ error }) => error.code)).toEqual(Array(4).fill("SK_STATION_NOT_FOUND"));
      await admin.create({ name: "s" });
      const { produced } = await producer.produceMany(Array.from({ length: 1_000 }, (_, i) => String(i)));
      expect(produced).toBe(1_000);
      await producer.close().catch(() => undefined);
    }));

  it("is told at once which messages it may not publish", async () => {
    const users = [
      { user: "all", password: "secret" },
      { user: "some", password: "secret", permissions: { publish: { deny: ["s$1.final"] } } },
    ];
    await using server = await startNats({ config: { authorization: { users } } });
    const login = { servers: server.url, password: "secret" };
    await using all = await connect({ ...login, username: "all" });
    await createStationAdmin(all).create({ name: "s" });
    await using connection = await connect({ ...login, username: "some" });
    const producer = await createProducer(connection, { stationName: "s", ...fast });
    const { failures } = await producer.produceMany(Array.from({ length: 500 }, (_, i) => String(i)));
    expect(failures).toHaveLength(500);
    for (const { error } of failures) expect(error).toBeInstanceOf(PermissionDeniedError);
    await producer.close().catch(() => undefined);
    expect(await warned()).toEqual([]);
  });
});

describe.skipIf(hasNone)("a producer by fast ingest, under faults", () => {
  it("loses, doubles and reorders nothing while the server is killed and restarted", () =>
    withServer({}, async (connection, server) => {
      const run = await produceBeside(
        connection,
        20_000,
        async () => {
          for (let i = 0; i < 3; i++) {
            await sleep(300);
            await server.kill();
            await sleep(200);
            await server.restart();
            await vi.waitFor(() => {
              expect(connection.state).toBe("connected");
            }, 5_000);
          }
          await sleep(300);
        },
        { ordering: "strict" },
      );
      expectFaultless(run, run.verdict.attempted);
      expect(batched(run)).toBeGreaterThan(1_000);
    }));

  it("loses, doubles and reorders nothing while its connection is dropped", () =>
    withServer({}, async (connection) => {
      const run = await produceBeside(
        connection,
        20_000,
        async () => {
          for (let i = 0; i < 5; i++) {
            await sleep(150);
            await connection.natsConnection.reconnect();
          }
        },
        { ordering: "strict" },
      );
      expectFaultless(run, run.verdict.attempted);
      expect(batched(run)).toBeGreaterThan(1_000);
    }));

  it("loses, doubles and reorders nothing while the server does not answer for longer than a try may take", () =>
    withServer({}, async (connection, server) => {
      const run = await produceBeside(
        connection,
        20_000,
        async () => {
          await sleep(300);
          server.pause();
          await sleep(2_500);
          server.resume();
        },
        { ordering: "strict" },
      );
      expectFaultless(run, run.verdict.attempted);
    }));

  it("reports as unknown, and never repeats, what was unanswered without an id", () =>
    withServer({}, async (connection, server) => {
      const { verdict } = await produceBeside(
        connection,
        5_000,
        async () => {
          for (let i = 0; i < 2; i++) {
            await sleep(200);
            await server.kill();
            await server.restart();
            await vi.waitFor(() => {
              expect(connection.state).toBe("connected");
            }, 5_000);
          }
        },
        { idempotent: false, deliveryTimeoutMs: 5_000, maxInFlightMessages: 512 },
      );
      expect(brokenPromises(verdict, { order: true })).toEqual([]);
      expect(verdict.attempted - verdict.acknowledged).toBeLessThanOrEqual(2 * 512);
    }));

  it("loses, doubles and reorders nothing while the leader of a replicated partition is killed", async () => {
    await using cluster = await startCluster({ size: 3 });
    const connection = await connect({ servers: cluster.urls });
    const admin = createStationAdmin(connection);
    await admin.create({ name: "s", replicas: 3 });
    const run = await produceBeside(
      connection,
      20_000,
      async () => {
        await sleep(500);
        const { partitions } = await admin.describe("s");
        const leader = cluster.servers.find(({ name }) => name === partitions[0]?.leader);
        await leader?.kill();
        await sleep(3_000);
        await leader?.restart();
        await cluster.ready({ timeoutMs: 50_000 });
      },
      { ordering: "strict", ackTimeoutMs: 2_000 },
    );
    expectFaultless(run, run.verdict.attempted);
    expect(batched(run)).toBeGreaterThan(1_000);
    await connection.close();
  });
});

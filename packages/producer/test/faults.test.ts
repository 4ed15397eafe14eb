import { type Connection, connect } from "@stationkit/core-protocol";
import { findBinary, type NatsServer, startNats, type StartNatsOptions } from "@stationkit/embedded-nats";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createProducer, type ProducerOptions } from "../src/index.js";
import { faultless, judge, type Outcomes, type Verdict } from "./support/checker.js";
import { readStation } from "./support/stored-messages.js";

/** `max_buffered_msgs` came with 2.11; older servers do not start with it. */
const { version } = await findBinary();
const cannotThrottle = version.startsWith("2.10.");
if (cannotThrottle) console.warn(`nats-server ${version} cannot be made to ask for less: two scenarios are skipped`);

const PARTITIONS = 3;
const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));
afterEach(() => {
  expect(unhandled.splice(0)).toEqual([]);
});

interface Scenario {
  readonly count: number;
  readonly server?: StartNatsOptions;
  readonly producer?: Partial<ProducerOptions>;
  /** Runs beside the producing. */
  readonly fault: (server: NatsServer, connection: Connection) => Promise<void>;
}

interface Report {
  readonly verdict: Verdict;
  readonly disconnects: number;
  /** The longest time from admission to acknowledgement, milliseconds. */
  readonly slowestMs: number;
}

/** Produces while the fault is under way (for as long as it takes, at least `count` messages), then compares with the server. */
async function run({
  count,
  server: serverOptions = {},
  producer: producerOptions = {},
  fault,
}: Scenario): Promise<Report> {
  await using server = await startNats(serverOptions);
  const connection = await connect({ servers: server.url });
  const producer = await createProducer(connection, {
    stationName: "s",
    producerName: "p",
    station: { partitions: PARTITIONS },
    ackTimeoutMs: 1_000,
    ...producerOptions,
  });
  let disconnects = 0;
  let slowestMs = 0;
  connection.on("status", ({ type }) => {
    if (type === "disconnected") disconnects++;
  });
  let underWay = 1;
  const faulting = fault(server, connection).finally(() => underWay--);
  const outcomes: Promise<unknown>[] = [];
  let attempted = 0;
  while (underWay > 0 || attempted < count) {
    const delivery = await producer.produce({ message: String(attempted++) });
    const admittedAt = Date.now();
    const record = (): void => {
      slowestMs = Math.max(slowestMs, Date.now() - admittedAt);
    };
    void delivery.acknowledged.then(record, record);
    outcomes.push(delivery.acknowledged);
  }
  await faulting;
  const settled = (await Promise.allSettled(outcomes)) as Outcomes;
  await producer.flush().catch(() => undefined);
  const verdict = judge(attempted, settled, await readStation(connection, "s"));
  await connection.close();
  expect(verdict).toMatchObject({ silent: [], lost: [], storedTwice: [], wronglyDenied: [] });
  expect(verdict.acknowledged + verdict.failed).toBe(attempted);
  return { verdict, disconnects, slowestMs };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("a producer under faults", () => {
  it("loses, doubles and reorders nothing while the server is killed and restarted", async () => {
    const { verdict, disconnects } = await run({
      count: 20_000,
      async fault(server, connection) {
        for (let i = 0; i < 3; i++) {
          await sleep(300);
          await server.kill();
          await sleep(200);
          await server.restart();
          await vi.waitFor(() => {
            expect(connection.state).toBe("connected");
          }, 20_000);
        }
      },
    });
    expect(disconnects).toBe(3);
    expect(verdict).toEqual(faultless(verdict.acknowledged));
  });

  it("loses, doubles and reorders nothing while the server does not answer for longer than a try may take", async () => {
    const { verdict, disconnects, slowestMs } = await run({
      count: 20_000,
      async fault(server) {
        await sleep(300);
        server.pause();
        await sleep(2_500);
        server.resume();
      },
    });
    // The same connection all along, so what was sent again arrived twice: the server knew the ids.
    expect(disconnects).toBe(0);
    expect(slowestMs).toBeGreaterThan(2_000);
    expect(verdict).toEqual(faultless(verdict.acknowledged));
  });

  /** Floods the first partition beside the producer's own subject, until the server has asked to slow down. */
  async function flood(_server: NatsServer, { natsConnection, inboxPrefix }: Connection): Promise<void> {
    let throttled = 0;
    const inbox = `${inboxPrefix}.flood`;
    const subscription = natsConnection.subscribe(inbox, {
      callback: (_error, message) => {
        if (message.headers?.code === 429) throttled++;
      },
    });
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 2_000; i++) natsConnection.publish("s$1.flood", "x", { reply: inbox });
      await natsConnection.flush();
      await sleep(20);
    }
    subscription.unsubscribe();
    expect(throttled).toBeGreaterThan(0);
  }

  it.skipIf(cannotThrottle)("delivers everything to a server that keeps asking to slow down", async () => {
    const { verdict } = await run({
      count: 20_000,
      server: { config: { jetstream: { max_buffered_msgs: 20 } } },
      producer: { ordering: "strict", maxInFlightMessages: 512 },
      fault: flood,
    });
    expect(verdict).toEqual(faultless(verdict.acknowledged));
  });

  it.skipIf(cannotThrottle)(
    "may let a message be overtaken that was refused for a moment, and nothing worse",
    async () => {
      const { verdict } = await run({
        count: 20_000,
        server: { config: { jetstream: { max_buffered_msgs: 20 } } },
        fault: flood,
      });
      expect(verdict).toMatchObject({ failed: 0, lost: [], storedTwice: [] });
    },
  );

  it("reports as unknown, and never repeats, what was unanswered without an id", async () => {
    const { verdict } = await run({
      count: 5_000,
      producer: { idempotent: false, deliveryTimeoutMs: 5_000 },
      async fault(server) {
        for (let i = 0; i < 2; i++) {
          await sleep(200);
          await server.kill();
          await server.restart();
        }
      },
    });
    expect(verdict.outOfOrder).toEqual([]);
    expect(verdict.failed).toBeGreaterThan(0);
    expect(verdict.failed).toBeLessThanOrEqual(2 * 512);
  });
});

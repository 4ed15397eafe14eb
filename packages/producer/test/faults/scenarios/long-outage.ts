import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";
import { judgeStation, type Scenario } from "@stationkit/test-kit";
import { Load } from "../load.js";

const OUTAGE_MS = 120_000;
const BEFORE_AND_AFTER_MS = 3_000;
/** Callers that each wait for their own message, as the handlers of a server do. */
const CALLERS = 100;
const SAMPLE_MS = 200;

/** One gives up after the usual time, the other outlasts the outage. */
const roles = [
  { name: "impatient", deliveryTimeoutMs: 30_000 },
  { name: "patient", deliveryTimeoutMs: 300_000 },
] as const;

export const longOutage: Scenario = {
  name: "long-outage",
  title: "two minutes without a server, callers that go on, 64 MB of old space",
  group: "soak",
  defaultCount: 1,
  nodeOptions: ["--max-old-space-size=64"],
  async run({ findings, random, version }) {
    await using server = await startNats(version === undefined ? {} : { version });
    await using connection = await connect({ servers: server.url });
    const loads = await Promise.all(
      roles.map(async ({ name, deliveryTimeoutMs }) => {
        const options = { stationName: name, producerName: "p", station: { idempotencyWindowMs: 360_000 } };
        return new Load(await createProducer(connection, { ...options, deliveryTimeoutMs }), random.fork());
      }),
    );
    let isOver = false;
    let turnedAway = 0;
    const callers = loads.flatMap((load) => [
      ...Array.from({ length: CALLERS }, async () => {
        while (!isOver) await load.produceOne();
      }),
      (async () => {
        while (!isOver) {
          if (!load.tryOne()) turnedAway++;
          await sleep(1);
        }
      })(),
    ]);
    const peaks: Record<string, number> = {};
    const sample = async (phase: string, ms: number): Promise<void> => {
      const end = Date.now() + ms;
      while (Date.now() < end) {
        await sleep(SAMPLE_MS);
        const { heapUsed, rss } = process.memoryUsage();
        peaks[`${phase}HeapMb`] = Math.max(peaks[`${phase}HeapMb`] ?? 0, Math.round(heapUsed / 1e6));
        peaks[`${phase}RssMb`] = Math.max(peaks[`${phase}RssMb`] ?? 0, Math.round(rss / 1e6));
      }
    };
    await sample("before", BEFORE_AND_AFTER_MS);
    await server.kill();
    await sample("firstHalf", OUTAGE_MS / 2);
    await sample("secondHalf", OUTAGE_MS / 2);
    await server.restart();
    await sample("after", BEFORE_AND_AFTER_MS);
    isOver = true;
    await Promise.all(callers);
    for (const [name, value] of Object.entries(peaks)) findings.figure(name, value);
    findings.figure("turnedAway", turnedAway);
    await using observer = await connect({ servers: server.url });
    for (const [i, { name, deliveryTimeoutMs }] of roles.entries()) {
      const load = loads[i]!;
      await load.settled(deliveryTimeoutMs);
      const verdict = await judgeStation(observer, name, load.ledger);
      findings.judge(name, verdict, { order: true });
      if (name === "patient") {
        findings.expect(verdict.acknowledged === verdict.attempted, "who waits long enough gets everything delivered");
      } else {
        findings.expect(verdict.notSent > 0, "who does not is told of messages that were not sent");
      }
    }
    findings.expect(turnedAway > 0, "tryProduce turned callers away while the window was full");
  },
};

import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer, type Producer } from "@stationkit/producer";
import type { Scenario } from "@stationkit/test-kit";

const LIMIT_BYTES = 10_000_000;
const STATIONS = 10;

interface Memory {
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
}

export const idleProducers: Scenario = {
  name: "idle-producers",
  title: "1,000 idle producers on one connection",
  group: "soak",
  defaultCount: 1_000,
  // A young generation that cannot grow: else most of the RSS is room for the garbage of making the producers (15 MB of 24).
  nodeOptions: ["--expose-gc", "--max-semi-space-size=1"],
  async run({ count, findings, version }) {
    await using server = await startNats(version === undefined ? {} : { version });
    await using connection = await connect({ servers: server.url });
    const openAll = async (): Promise<Producer[]> => {
      const producers: Producer[] = [];
      for (let i = 0; i < count; i++) {
        const options = { stationName: `s-${i % STATIONS}`, producerName: `p-${i}` };
        producers.push(await createProducer(connection, options));
      }
      return producers;
    };
    // All of it once before: the pages that Node takes for the garbage of making them are not what idle producers hold.
    for (const producer of await openAll()) await producer.close();
    const before = await settledMemory();
    const producers = await openAll();
    const after = await settledMemory();
    for (const kind of ["heap", "external", "rss"] as const) {
      findings.figure(`${kind}Mb`, Math.round((after[kind] - before[kind]) / 10_000) / 100);
    }
    findings.figure("producers", producers.length);
    findings.expect(
      after.heap - before.heap + after.external - before.external < LIMIT_BYTES,
      `${count} producers take less than 10 MB of heap and external memory`,
    );
    findings.expect(after.rss - before.rss < LIMIT_BYTES, `${count} producers take less than 10 MB of RSS`);
  },
};

/** After everything that can be collected is collected. */
async function settledMemory(): Promise<Memory> {
  if (globalThis.gc === undefined) throw new Error("run this scenario with --expose-gc");
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, rss };
}

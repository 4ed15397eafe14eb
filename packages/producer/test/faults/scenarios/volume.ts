import { readFileSync } from "node:fs";
import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";
import { createStationAdmin } from "@stationkit/station-admin";
import { indexText, type Scenario } from "@stationkit/test-kit";
import { PARTITIONS, STATION } from "../stage.js";

const MEGABYTE = 1_000_000;
const LIMIT_BYTES = 160 * MEGABYTE;
/** What the heap's own breathing may make of two medians. */
const TOLERANCE_BYTES = 5 * MEGABYTE;
const PARTS = 5;
const SAMPLE_EVERY = 5_000;

/** No ledger here: it would be most of the memory that is measured. Sequences are enough where the station is new. */
export const volume: Scenario = {
  name: "volume",
  title: "5,000,000 messages in one process: memory stays where it was",
  group: "soak",
  defaultCount: 5_000_000,
  async run({ count, findings, version }) {
    await using server = await startNats(version === undefined ? {} : { version });
    await using connection = await connect({ servers: server.url });
    const producer = await createProducer(connection, {
      stationName: STATION,
      producerName: "p",
      // Small on the server: neither its disk nor its memory of ids is the point.
      station: {
        partitions: PARTITIONS,
        retention: { type: "messages", maxMessages: 10_000 },
        idempotencyWindowMs: 30_000,
      },
    });
    findings.figure("rssMbBefore", toMb(process.memoryUsage.rss()));
    const ends = { acknowledged: 0, failed: 0 };
    const samples: number[][] = Array.from({ length: PARTS }, () => []);
    for (let index = 0; index < count; index++) {
      const { acknowledged } = await producer.produce({ message: indexText(index, 100) });
      acknowledged.then(
        () => ends.acknowledged++,
        () => ends.failed++,
      );
      if (index % SAMPLE_EVERY === 0) samples[Math.floor((index / count) * PARTS)]?.push(process.memoryUsage.rss());
    }
    await producer.flush();
    await producer.close();
    const peakBytes = peakRssBytes();
    const medians = samples.map(median);
    for (const [i, bytes] of medians.entries()) findings.figure(`rssMb${i + 1}of${PARTS}`, toMb(bytes));
    findings.figure("peakRssMb", toMb(peakBytes));
    findings.figure("acknowledged", ends.acknowledged);
    const { partitions } = await createStationAdmin(connection).describe(STATION);
    const stored = partitions.reduce((sum, { lastSequence }) => sum + lastSequence, 0);
    findings.expect(ends.acknowledged === count && ends.failed === 0, "every message is acknowledged");
    findings.expect(stored === count, "the server has given out as many sequences as there were messages");
    findings.expect(peakBytes < LIMIT_BYTES, `the process never takes ${toMb(LIMIT_BYTES)} MB`);
    const [, second = 0] = medians;
    findings.expect(
      (medians.at(-1) ?? 0) < second + TOLERANCE_BYTES,
      "the last fifth of the messages takes no more than the second",
    );
  },
};

/** Linux counts into `maxRSS` what the parent took when it made this process, so there its own peak is asked for. */
function peakRssBytes(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1_024;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kilobytes) * 1_024;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function toMb(bytes: number): number {
  return Math.round(bytes / 100_000) / 10;
}

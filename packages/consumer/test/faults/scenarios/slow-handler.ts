import { CONSUMER_DEFAULTS } from "@stationkit/consumer";
import { type Scenario, waitUntil } from "@stationkit/test-kit";
import type { Member } from "../members.js";
import { auditGroup, groupsAreDone, openStage, produceAll, STATION, type Stage } from "../stage.js";

const PARTITIONS = 8;
const HANDLER_MS = 10;
const PADDING = 1_000;
const MEGABYTE = 1_000_000;
/** What a member may take more than before it reads: its prefetch of 2,000 messages of 1 kB, and what the heap makes of that. */
const LIMIT_BYTES = 48 * MEGABYTE;

function join(stage: Stage, group: string, prefetch: object): Member {
  const options = { stationName: STATION, consumerGroup: group, ackTimeoutMs: 5_000, ...prefetch };
  return stage.members.start(options, stage.diary(group));
}

/** Memory beyond what it took when it was ready, at its worst. */
function growthBytes({ messages }: Member): number {
  const samples = messages.flatMap((message) => (message.type === "memory" ? [message.rssBytes] : []));
  const [first = 0] = samples;
  return Math.max(0, ...samples.map((bytes) => bytes - first));
}

/** Follows how much the group has in flight, as the server counts it, until it is told to stop. */
async function mostInFlight(stage: Stage, group: string, isOver: () => boolean): Promise<number> {
  let most = 0;
  while (!isOver()) {
    for await (const { name, totals } of stage.admin.consumerGroups(STATION).list()) {
      if (name === group) most = Math.max(most, totals.inFlight);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return most;
}

/** The same member without bounds: shows that the limit would be seen to be passed. */
async function growthUnbounded(stage: Stage): Promise<number> {
  const member = join(stage, "unbounded", { maxPrefetchMessages: 1_000_000, maxPrefetchBytes: 1_000_000_000 });
  await waitUntil(() => growthBytes(member) > LIMIT_BYTES || member.hasEnded, {
    what: "a member without bounds takes more than one with bounds may",
    timeoutMs: 60_000,
  });
  const growth = growthBytes(member);
  await stage.members.kill(member);
  return growth;
}

export const slowHandler: Scenario = {
  name: "slow-handler",
  title: "a handler of 10 ms with all messages waiting: memory, and order per partition",
  group: "consumers",
  async run(context) {
    const { findings, count, isShort } = context;
    await using stage = await openStage(context, { partitions: PARTITIONS, handlerMs: HANDLER_MS, measures: true });
    await produceAll(stage.connection, count, PADDING);
    if (!isShort) findings.figure("unboundedGrowthMb", Math.round((await growthUnbounded(stage)) / MEGABYTE));
    const group = "g";
    const member = join(stage, group, {});
    let isOver = false;
    const watching = mostInFlight(stage, group, () => isOver);
    await groupsAreDone(stage, [group]);
    isOver = true;
    const inFlight = await watching;
    const growth = growthBytes(member);
    await stage.members.leave(member);
    const reading = auditGroup(stage, group, count).reading();
    findings.read(group, reading, { order: true });
    findings.figure("growthMb", Math.round(growth / MEGABYTE));
    findings.figure("mostInFlight", inFlight);
    findings.expect(growth < LIMIT_BYTES, `a member never takes ${LIMIT_BYTES / MEGABYTE} MB more than at its start`);
    findings.expect(inFlight <= CONSUMER_DEFAULTS.maxPrefetchMessages, "no more is in flight than may be prefetched");
    findings.expect(inFlight > CONSUMER_DEFAULTS.maxPrefetchMessages / 4, "the prefetch is made use of");
    findings.expect(reading.redeliveries === 0, "nothing that waits for the handler comes again");
  },
};

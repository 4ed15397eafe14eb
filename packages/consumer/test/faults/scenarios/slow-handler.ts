import type { Scenario, ScenarioContext } from "@stationkit/test-kit";
import type { Member } from "../members.js";
import { auditGroup, groupsAreDone, openStage, produceAll, STATION, type Stage } from "../stage.js";

const PARTITIONS = 8;
const HANDLER_MS = 10;
const PADDING = 3_000;
const MEGABYTE = 1_000_000;
/** Of a partition, for a reader that is slow. @see src/engine/pull-window.ts */
const SLOW_PREFETCH = 32;
/**
 * What a member may take more than before it reads: the heap's own breathing is half of it, its prefetch of 256 messages of 3 kB next to
 * nothing. All 100,000 messages at once would take three times as much.
 */
const LIMIT_BYTES = 96 * MEGABYTE;
/** What the breathing may make of two medians: the heap grows in steps. */
const TOLERANCE_BYTES = 20 * MEGABYTE;
const PARTS = 5;
/** The server counts answers that it has not read yet, and is asked about one partition after the other. */
const MOST_IN_FLIGHT = PARTITIONS * SLOW_PREFETCH * 1.1;

function join(stage: Stage, group: string): Member {
  const options = { stationName: STATION, consumerGroup: group, ackTimeoutMs: 5_000 };
  return stage.members.start(options, stage.diary(group));
}

function samplesOf({ messages }: Member): number[] {
  return messages.flatMap((message) => (message.type === "memory" ? [message.rssBytes] : []));
}

/** Memory beyond what it took when it was ready, at its worst. */
function growthBytes(member: Member): number {
  const samples = samplesOf(member);
  const [first = 0] = samples;
  return Math.max(0, ...samples.map((bytes) => bytes - first));
}

/** Of each part of the run. */
function medians(member: Member): number[] {
  const samples = samplesOf(member);
  return Array.from({ length: PARTS }, (_, i) => {
    const part = samples.slice((samples.length * i) / PARTS, (samples.length * (i + 1)) / PARTS);
    return part.sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0;
  });
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

/** Over two minutes, what grows would be seen. */
function expectLevel({ findings }: ScenarioContext, parts: readonly number[]): void {
  const [, second = 0] = parts;
  for (const [i, bytes] of parts.entries()) findings.figure(`rssMb${i + 1}of${PARTS}`, Math.round(bytes / MEGABYTE));
  findings.expect(
    (parts.at(-1) ?? 0) < second + TOLERANCE_BYTES,
    "the last fifth of the messages takes no more than the second",
  );
}

export const slowHandler: Scenario = {
  name: "slow-handler",
  title: "a handler of 10 ms with all messages waiting: memory, and order per partition",
  group: "consumers",
  async run(context) {
    const { findings, count, isShort } = context;
    await using stage = await openStage(context, { partitions: PARTITIONS, handlerMs: HANDLER_MS, measures: true });
    await produceAll(stage.connection, count, PADDING);
    const group = "g";
    const member = join(stage, group);
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
    if (!isShort) expectLevel(context, medians(member));
    findings.expect(inFlight <= MOST_IN_FLIGHT, "no more is in flight than a slow reader may prefetch");
    findings.expect(inFlight > SLOW_PREFETCH, "the prefetch is made use of, over several partitions");
    findings.expect(reading.redeliveries === 0, "nothing that waits for the handler comes again");
  },
};

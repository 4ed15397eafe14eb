import { parseIndex, type Scenario, waitUntil } from "@stationkit/test-kit";
import { readDiary } from "../diary.js";
import { auditGroup, groupsAreDone, openStage, produceAll, STATION, type Stage } from "../stage.js";

const GROUP = "g";
const MEMBERS = { full: 2, short: 1 };

/** Keeps so many members there, as whatever supervises them would, until nothing is left. @returns how many have died. */
async function superviseUntil(stage: Stage, members: number, isOver: () => boolean): Promise<number> {
  const options = { stationName: STATION, consumerGroup: GROUP, ackTimeoutMs: 1_000 };
  let deaths = 0;
  const keep = async (): Promise<void> => {
    while (!isOver()) {
      const signal = await stage.members.start(options, stage.diary(GROUP)).ended();
      if (signal === "SIGKILL" && !isOver()) deaths++;
    }
  };
  await Promise.all(Array.from({ length: members }, keep));
  return deaths;
}

/** How near the others came to being dead letters themselves. */
function mostDeliveriesBeside(stage: Stage, poison: readonly number[]): number {
  let most = 0;
  readDiary(stage.diary(GROUP), ({ index, deliveries }) => {
    if (!poison.includes(index)) most = Math.max(most, deliveries);
  });
  return most;
}

export const poisonKills: Scenario = {
  name: "poison-kills",
  title: "messages that kill the process of whoever reads them: dead letters, and none of those beside them",
  group: "consumers",
  defaultCount: 20_000,
  async run(context) {
    const { findings, count, random, isShort } = context;
    const poison = Array.from({ length: isShort ? 1 : 3 }, () => random.between(0, count - 1));
    await using stage = await openStage(context, { partitions: 2, poison });
    await produceAll(stage.connection, count);
    let isOver = false;
    const supervising = superviseUntil(stage, isShort ? MEMBERS.short : MEMBERS.full, () => isOver);
    await waitUntil(() => stage.members.present.length > 0, { what: "the first member is started" });
    await groupsAreDone(stage, [GROUP]);
    isOver = true;
    await Promise.all(stage.members.present.filter(({ hasEnded }) => !hasEnded).map((one) => stage.members.kill(one)));
    const deaths = await supervising;
    const dead: number[] = [];
    for await (const { data } of stage.admin.deadLetters(STATION).list()) dead.push(parseIndex(data) ?? -1);
    const reading = auditGroup(stage, GROUP, count).reading();
    findings.read(GROUP, reading, { order: false });
    findings.figure("deaths", deaths);
    findings.figure("redeliveries", reading.redeliveries);
    findings.figure("deadLetters", dead.length);
    findings.figure("mostDeliveriesBeside", mostDeliveriesBeside(stage, poison));
    const expected = [...new Set(poison)].sort((a, b) => a - b);
    findings.expect(deaths >= expected.length, "members have died of it");
    findings.expect(
      dead.sort((a, b) => a - b).join() === expected.join(),
      `the dead letters are ${expected.join()}, and those alone (they are ${dead.slice(0, 20).join()})`,
    );
  },
};

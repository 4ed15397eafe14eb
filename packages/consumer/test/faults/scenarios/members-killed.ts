import { setTimeout as sleep } from "node:timers/promises";
import { type Scenario, type ScenarioContext, spread, waitUntil } from "@stationkit/test-kit";
import { countEntries, readDiary } from "../diary.js";
import type { Member } from "../members.js";
import { auditGroup, countDeadLetters, groupsAreDone, openStage, produceAll, type Stage } from "../stage.js";

const GROUPS = ["g1", "g2", "g3"];
const MEMBERS = { full: 4, short: 2 };

function join(stage: Stage, group: string, isShort: boolean): Member {
  return stage.members.start(
    { stationName: "s", consumerGroup: group, ackTimeoutMs: isShort ? 1_500 : 5_000 },
    stage.diary(group),
  );
}

/** Kills a member here and there, and lets another one take its place. */
async function killMembers(stage: Stage, { random, count, isShort }: ScenarioContext): Promise<number> {
  const places = spread(random, isShort ? 3 : 30, count * GROUPS.length);
  for (const place of places) {
    const handedOut = (): number => GROUPS.reduce((sum, group) => sum + countEntries(stage.diary(group)), 0);
    await waitUntil(() => handedOut() >= place, { what: "the groups have come far enough", timeoutMs: 10 * 60_000 });
    // Not one that is just starting: a kill then costs nobody anything.
    const ready = stage.members.present.filter(({ isReady }) => isReady);
    const victim = ready[random.between(0, ready.length - 1)]!;
    await stage.members.kill(victim);
    await sleep(random.between(0, 200));
    join(stage, victim.group, isShort);
  }
  return places.length;
}

export const membersKilled: Scenario = {
  name: "members-killed",
  title: "three groups of four processes, members killed (SIGKILL) and replaced",
  group: "consumers",
  defaultCount: 1_000_000,
  async run(context) {
    const { findings, count, isShort } = context;
    await using stage = await openStage(context, { partitions: 8 });
    for (const group of GROUPS)
      for (let i = 0; i < (isShort ? MEMBERS.short : MEMBERS.full); i++) join(stage, group, isShort);
    await waitUntil(() => stage.members.present.every(({ isReady }) => isReady), { what: "all members are there" });
    const [, kills] = await Promise.all([produceAll(stage.connection, count), killMembers(stage, context)]);
    await groupsAreDone(stage, GROUPS);
    let [redelivered, twice] = [0, 0];
    for (const group of GROUPS) {
      const reading = auditGroup(stage, group, count).reading();
      findings.read(group, reading, { order: false });
      twice += reading.redeliveries;
      readDiary(stage.diary(group), ({ deliveries }) => {
        if (deliveries > 1) redelivered++;
      });
    }
    findings.figure("kills", kills);
    // Many of them were prefetched by a member that was killed before it came to them.
    findings.figure("redelivered", redelivered);
    findings.figure("handedOutTwice", twice);
    findings.expect(redelivered > 0, "what dead members had comes again");
    findings.expect(
      stage.members.present.every(({ hasEnded }) => !hasEnded),
      "nobody dies who was not killed",
    );
    findings.expect((await countDeadLetters(stage.admin)) === 0, "nothing becomes a dead letter");
  },
};

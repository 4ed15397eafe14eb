import { setTimeout as sleep } from "node:timers/promises";
import { createConsumer } from "@stationkit/consumer";
import { StationkitError } from "@stationkit/core-protocol";
import { type Random, type Scenario, type ScenarioContext, waitUntil } from "@stationkit/test-kit";
import { countEntries } from "../diary.js";
import type { Member } from "../members.js";
import { auditGroup, countDeadLetters, groupsAreDone, openStage, produceMeanwhile, type Stage } from "../stage.js";

const GROUP = "g";
const OPTIONS = { stationName: "s", consumerGroup: GROUP, partitions: "exclusive", ackTimeoutMs: 2_000 } as const;
const MEMBERS = 4;
const PER_SECOND = 2_000;

type Change = "kill" | "join" | "leave";

const FULL: readonly Change[] = ["kill", "join", "kill", "leave", "join", "kill", "leave", "kill", "join", "kill"];
const SHORT: readonly Change[] = ["join", "leave", "kill"];

function join(stage: Stage): Member {
  return stage.members.start(OPTIONS, stage.diary(GROUP));
}

async function change(stage: Stage, what: Change, random: Random): Promise<void> {
  const { members } = stage;
  const ready = members.present.filter(({ isReady }) => isReady);
  const one = ready[random.between(0, ready.length - 1)]!;
  if (what === "join") join(stage);
  else if (what === "leave") await members.leave(one);
  else {
    await members.kill(one);
    join(stage);
  }
}

/** Each at another moment of the one before: in the middle of it, or when it is over. */
async function changeAll(stage: Stage, { random, isShort }: ScenarioContext): Promise<void> {
  await waitUntil(() => countEntries(stage.diary(GROUP)) > 0, { what: "the group reads" });
  for (const what of isShort ? SHORT : FULL) {
    await sleep(random.between(500, isShort ? 1_000 : 6_000));
    await change(stage, what, random);
  }
}

/** Older servers have nothing to keep it with: who asks for it is told, and nothing is made. */
async function expectRefusal(stage: Stage, { findings }: ScenarioContext): Promise<void> {
  const refusal = await createConsumer(stage.connection, { ...OPTIONS, consumerName: "c" }).catch((e: unknown) => e);
  const isTold = StationkitError.is(refusal) && refusal.code === "SK_SERVER_TOO_OLD";
  findings.expect(isTold, "an older server's exclusive group is refused");
  findings.figure("refused", isTold ? 1 : 0);
}

export const exclusiveMembers: Scenario = {
  name: "exclusive-members",
  title: "an exclusive group whose members are killed, join and leave",
  group: "consumers",
  async run(context) {
    const { findings, count } = context;
    await using stage = await openStage(context, { partitions: 8 });
    if (stage.connection.server.jetStreamApiLevel < 1) {
      await expectRefusal(stage, context);
      return;
    }
    for (let i = 0; i < MEMBERS; i++) join(stage);
    let isOver = false;
    const changing = changeAll(stage, context).finally(() => (isOver = true));
    changing.catch(() => undefined);
    const pace = { perSecond: PER_SECOND, isOver: () => isOver };
    const produced = await produceMeanwhile(stage.connection, count, pace);
    await changing;
    await groupsAreDone(stage, [GROUP]);
    const reading = auditGroup(stage, GROUP, produced).reading();
    findings.read(GROUP, reading, { order: true });
    const changes = context.isShort ? SHORT : FULL;
    for (const what of ["kill", "join", "leave"] as const) {
      findings.figure(`${what}s`, changes.filter((one) => one === what).length);
    }
    findings.figure("redeliveries", reading.redeliveries);
    findings.expect((await countDeadLetters(stage.admin)) === 0, "nothing becomes a dead letter");
  },
};

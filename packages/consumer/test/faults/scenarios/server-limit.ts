import { createConsumer, type DeadLetterNotice } from "@stationkit/consumer";
import { type DeadLetter } from "@stationkit/station-admin";
import { parseIndex, type Scenario } from "@stationkit/test-kit";
import { auditGroup, groupsAreDone, openStage, produceAll, STATION, type Stage } from "../stage.js";

const GROUP = "g";
const MAX_DELIVERIES = 2;
const ACK_WAIT_MS = 1_000;
const NANOSECONDS = 1_000_000;
const STREAM = `${STATION}$1`;

/** A group as a Memphis broker makes it: the server itself counts deliveries, and stops. */
async function makeForeignGroup({ connection }: Stage): Promise<void> {
  const config = {
    ...{ durable_name: GROUP, deliver_policy: "all", ack_policy: "explicit", replay_policy: "instant" },
    ...{ ack_wait: ACK_WAIT_MS * NANOSECONDS, max_deliver: MAX_DELIVERIES, max_ack_pending: -1 },
    filter_subject: `${STREAM}.final`,
  };
  const request = { stream_name: STREAM, config, action: "create" };
  await connection.jetStream.request(`CONSUMER.CREATE.${STREAM}.${GROUP}.${STREAM}.final`, request);
}

/** A member that reads nothing: it is there to hear what the server gives up. */
async function listen({ connection }: Stage, consumerName: string): Promise<DeadLetterNotice[]> {
  const notices: DeadLetterNotice[] = [];
  const consumer = await createConsumer(connection, { stationName: STATION, consumerName, consumerGroup: GROUP });
  consumer.on("message-dead-lettered", (notice) => notices.push(notice));
  return notices;
}

/** Members that read one message at a time, and die with the poison in hand, also when it is delivered for the last time. */
async function readUntil(stage: Stage, isOver: () => boolean): Promise<number> {
  const options = { stationName: STATION, consumerGroup: GROUP, maxPrefetchMessages: 1 };
  let deaths = 0;
  while (!isOver()) {
    const signal = await stage.members.start(options, stage.diary(GROUP)).ended();
    if (signal === "SIGKILL" && !isOver()) deaths++;
  }
  return deaths;
}

export const serverLimit: Scenario = {
  name: "server-limit",
  title: "a group with the server's own limit of deliveries: readers die with the last delivery in hand",
  group: "consumers",
  defaultCount: 2_000,
  async run(context) {
    const { findings, count, random, isShort } = context;
    const poison = new Set(Array.from({ length: isShort ? 2 : 10 }, () => random.between(0, count - 1)));
    await using stage = await openStage(context, { partitions: 1, poison: [...poison] });
    await makeForeignGroup(stage);
    const notices = await Promise.all(["idle-1", "idle-2"].map((name) => listen(stage, name)));
    await produceAll(stage.connection, count);
    let isOver = false;
    const reading = readUntil(stage, () => isOver);
    await groupsAreDone(stage, [GROUP]);
    isOver = true;
    await Promise.all(stage.members.present.filter(({ hasEnded }) => !hasEnded).map((one) => stage.members.kill(one)));
    const deaths = await reading;
    const letters: DeadLetter[] = [];
    for await (const letter of stage.admin.deadLetters(STATION).list()) letters.push(letter);
    findings.read(GROUP, auditGroup(stage, GROUP, count).reading(), { order: false });
    findings.figure("deaths", deaths);
    findings.figure("deadLetters", letters.length);
    findings.expect(deaths === poison.size * MAX_DELIVERIES, "each delivery of the poison has cost a member");
    const dead = letters.map(({ data }) => parseIndex(data) ?? -1).sort((a, b) => a - b);
    findings.expect(
      dead.join() === [...poison].sort((a, b) => a - b).join(),
      `the dead letters are ${[...poison].join()}, each once (they are ${dead.join()})`,
    );
    findings.expect(
      letters.every(({ cause, deliveries }) => cause === "max-deliveries" && deliveries === MAX_DELIVERIES),
      "each tells why, and how often it was delivered",
    );
    const told = notices.flat().map(({ sequence }) => sequence);
    findings.figure("toldByListeners", told.length);
    findings.expect(new Set(told).size === told.length, "of those who heard of a message one tells of it");
  },
};

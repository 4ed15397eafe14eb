import { createConsumer } from "@stationkit/consumer";
import { type DeadLetter, type DeadLetters } from "@stationkit/station-admin";
import { parseIndex, ReadingAudit, type Scenario, type ScenarioContext, waitUntil } from "@stationkit/test-kit";
import { keyOf, lagOf, openStage, produceAll, STATION, type Stage } from "../stage.js";

const MAX_DELIVERIES = 3;
const PARTITIONS = 4;

/** What one group, read in this process, has seen. */
interface Group {
  readonly name: string;
  readonly audit: ReadingAudit;
  /** By index: how often it was handed out. */
  readonly handedOut: Map<number, number>;
  /** Messages that its handler throws at; none any more when it is mended. */
  readonly poison: Set<number>;
}

async function read(stage: Stage, { name, audit, handedOut, poison }: Group): Promise<void> {
  const options = { stationName: STATION, consumerName: `${name}-1`, consumerGroup: name };
  const consumer = await createConsumer(stage.connection, { ...options, maxDeliveries: MAX_DELIVERIES });
  consumer.on("handler-failed", () => undefined);
  consumer.on("message", async (message) => {
    const index = parseIndex(message.data) ?? -1;
    audit.add({ index, partition: message.partition });
    handedOut.set(index, (handedOut.get(index) ?? 0) + 1);
    if (poison.has(index)) throw new Error("cannot be dealt with");
    await message.ack();
  });
}

function drawPoison({ random, count, isShort }: ScenarioContext): Set<number> {
  const poison = new Set<number>();
  while (poison.size < (isShort ? 5 : 50)) poison.add(random.between(0, count - 1));
  return poison;
}

async function listed(letters: DeadLetters, consumerGroup?: string): Promise<DeadLetter[]> {
  const list: DeadLetter[] = [];
  for await (const letter of letters.list(consumerGroup === undefined ? {} : { consumerGroup })) list.push(letter);
  return list;
}

/** Why, when, how often, and from where. */
function tellsItsStory(letter: DeadLetter, startedAt: number): boolean {
  const { cause, reason, deliveries, deadLetteredAt, station, partition, sequence, group, consumer } = letter;
  const [why, when] = [`delivered ${MAX_DELIVERIES} times, and never acknowledged`, deadLetteredAt.getTime()];
  return (
    cause === "max-deliveries" &&
    reason === why &&
    deliveries === MAX_DELIVERIES + 1 &&
    when >= startedAt - 1_000 &&
    when <= Date.now() + 1_000 &&
    station === STATION &&
    partition >= 1 &&
    partition <= PARTITIONS &&
    sequence >= 1 &&
    group === "poisoned" &&
    consumer === "poisoned-1"
  );
}

export const poisonMessage: Scenario = {
  name: "poison-message",
  title: "messages that a handler throws at: dead letters with their story; sent again to that group alone; dropped",
  group: "consumers",
  async run(context) {
    const { findings, count } = context;
    const startedAt = Date.now();
    await using stage = await openStage(context, { partitions: PARTITIONS });
    const poison = drawPoison(context);
    const poisoned: Group = group("poisoned", count, new Set(poison));
    const other: Group = group("other", count, new Set());
    await produceAll(stage.connection, count);
    await Promise.all([read(stage, poisoned), read(stage, other)]);
    const isDone = async (): Promise<boolean> =>
      (await lagOf(stage.admin, poisoned.name)) === 0 && (await lagOf(stage.admin, other.name)) === 0;
    await waitUntil(isDone, { what: "both groups have dealt with everything", timeoutMs: 5 * 60_000 });

    const letters = stage.admin.deadLetters(STATION);
    const all = await listed(letters, poisoned.name);
    const indexes = new Set(all.map(({ data }) => parseIndex(data) ?? -1));
    findings.figure("poison", poison.size);
    findings.figure("deadLetters", all.length);
    findings.expect(
      all.length === poison.size && [...poison].every((index) => indexes.has(index)),
      "exactly the poison is in the dead-letter station, each once",
    );
    findings.expect((await listed(letters)).length === all.length, "the other group has no dead letter");
    findings.expect(
      all.every((letter) => tellsItsStory(letter, startedAt)),
      "each letter tells why, when, how often and from where",
    );
    findings.expect(
      [...poison].every((index) => poisoned.handedOut.get(index) === MAX_DELIVERIES),
      `each was handed out ${MAX_DELIVERIES} times`,
    );

    const [dropped, ...resent] = all;
    await letters.drop(dropped!);
    poisoned.poison.clear();
    for (const letter of resent) await letters.resend(letter);
    await waitUntil(isDone, { what: "what was sent again is dealt with", timeoutMs: 60_000 });
    const lost = parseIndex(dropped!.data);
    findings.expect(
      [...poison].every((i) => poisoned.handedOut.get(i) === MAX_DELIVERIES + (i === lost ? 0 : 1)),
      "what is sent again reaches its group once more, and what is dropped does not",
    );
    findings.expect(
      [...poison].every((index) => other.handedOut.get(index) === 1),
      "what is sent again reaches no other group",
    );
    findings.expect((await listed(letters)).length === 0, "what was sent again or dropped is no dead letter any more");
    for (const { name, audit } of [poisoned, other]) findings.read(name, audit.reading(), { order: false });
  },
};

function group(name: string, count: number, poison: Set<number>): Group {
  return { name, audit: new ReadingAudit(count, keyOf), handedOut: new Map(), poison };
}

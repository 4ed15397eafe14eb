import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, connect } from "@stationkit/core-protocol";
import { type NatsServer, startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";
import { createStationAdmin, type StationAdmin } from "@stationkit/station-admin";
import { indexText, ReadingAudit, type ScenarioContext } from "@stationkit/test-kit";
import { countEntries, readDiary } from "./diary.js";
import { Members, type PoolOrder } from "./members.js";

export const STATION = "s";
/** A message's key is its index modulo this. */
const KEYS = 5_000;
/** For so long nothing may move before a run counts as stuck. */
const STUCK_MS = 90_000;
const LOOK_MS = 200;

/** What the scenarios with members in processes of their own have. */
export interface Stage extends AsyncDisposable {
  readonly server: NatsServer;
  readonly connection: Connection;
  readonly admin: StationAdmin;
  readonly members: Members;
  /** File of a group's diary. */
  diary(group: string): string;
}

/** Starts a server with a station, and nobody who reads it. */
export async function openStage(
  context: ScenarioContext,
  { partitions, ...pool }: { readonly partitions: number } & Omit<PoolOrder, "servers">,
): Promise<Stage> {
  const program = await context.program("member");
  const folder = mkdtempSync(join(tmpdir(), "stationkit-members-"));
  const server = await startNats(context.version === undefined ? {} : { version: context.version });
  const connection = await connect({ servers: server.url });
  const members = new Members(program, { servers: server.url, ...pool });
  const admin = createStationAdmin(connection);
  await admin.create({ name: STATION, partitions });
  return {
    ...{ server, connection, admin, members },
    diary: (group) => join(folder, group),
    async [Symbol.asyncDispose]() {
      await members[Symbol.asyncDispose]();
      await connection.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Produces `count` messages, one producer, so that their order per partition is that of their indexes. */
export async function produceAll(connection: Connection, count: number, paddingLength = 0): Promise<void> {
  const producer = await createProducer(connection, { stationName: STATION, producerName: "p" });
  for (let index = 0; index < count; index++) await produceOne(producer, index, paddingLength);
  await producer.close();
}

type IndexProducer = Awaited<ReturnType<typeof createProducer>>;

async function produceOne(producer: IndexProducer, index: number, paddingLength: number): Promise<void> {
  await producer.produce({ message: indexText(index, paddingLength), partitionKey: `key-${keyOf(index)}` });
}

/** As `produceAll`, at a pace, and on until `isOver` says so, too. @returns how many there are. */
export async function produceMeanwhile(
  connection: Connection,
  count: number,
  { perSecond, isOver }: { readonly perSecond: number; readonly isOver: () => boolean },
): Promise<number> {
  const producer = await createProducer(connection, { stationName: STATION, producerName: "p" });
  const startedAt = performance.now();
  let index = 0;
  while (index < count || !isOver()) {
    const due = ((performance.now() - startedAt) / 1_000) * perSecond;
    for (; index < due && (index < count || !isOver()); index++) await produceOne(producer, index, 0);
    await sleep(5);
  }
  await producer.close();
  return index;
}

export function keyOf(index: number): number {
  return index % KEYS;
}

/** Waits until groups have nothing before them and nothing in hand, as the server has it. @throws {Error} when nothing moves any more. */
export async function groupsAreDone(stage: Stage, groups: readonly string[]): Promise<void> {
  let movedAt = performance.now();
  for (let before = ""; ;) {
    const places = await Promise.all(groups.map((group) => lagOf(stage.admin, group)));
    const handedOut = groups.map((group) => countEntries(stage.diary(group)));
    if (places.every((left) => left === 0)) return;
    const state = `${places.join()} left, ${handedOut.join()} handed out`;
    if (state !== before) [before, movedAt] = [state, performance.now()];
    if (performance.now() - movedAt > STUCK_MS) throw new Error(`nothing moves any more: ${state}`);
    await sleep(LOOK_MS);
  }
}

/** Messages that a group has not answered, delivered or not; undefined when the server does not know it, on every partition. */
export async function lagOf(admin: StationAdmin, group: string): Promise<number | undefined> {
  const station = await admin.describe(STATION);
  for await (const { name, partitions, totals } of admin.consumerGroups(STATION).list()) {
    if (name !== group) continue;
    return partitions.length === station.partitions.length ? totals.pending + totals.inFlight : undefined;
  }
  return undefined;
}

/** Judges what a group wrote down. */
export function auditGroup(stage: Stage, group: string, messages: number): ReadingAudit {
  const audit = new ReadingAudit(messages, keyOf);
  readDiary(stage.diary(group), (entry) => {
    audit.add(entry);
  });
  return audit;
}

/** Dead letters of the station. */
export async function countDeadLetters(admin: StationAdmin): Promise<number> {
  let count = 0;
  for await (const letter of admin.deadLetters(STATION).list()) if (letter.sequence > 0) count++;
  return count;
}

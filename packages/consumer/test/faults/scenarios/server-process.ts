import { setTimeout as sleep } from "node:timers/promises";
import { type Scenario, type ScenarioContext, spread, waitUntil } from "@stationkit/test-kit";
import { Readers } from "../readers.js";
import { lagOf, openStage, produceMeanwhile, STATION, type Stage } from "../stage.js";

const GROUPS = ["g1", "g2"];
const PER_SECOND = 5_000;

/** What happens while two groups of two members read. */
interface Play {
  readonly faults: number;
  readonly fault: (stage: Stage) => Promise<void>;
  readonly check?: (groups: readonly Readers[]) => void;
}

async function play(context: ScenarioContext, { faults, fault, check }: Play): Promise<void> {
  const { findings, random, count } = context;
  await using stage = await openStage(context, { partitions: 3 });
  const options = { members: 2, ackTimeoutMs: 2_000 };
  const groups = await Promise.all(GROUPS.map((group) => Readers.open(stage.server.url, { ...options, group })));
  try {
    let isOver = false;
    const faulting = (async () => {
      for (const place of spread(random, faults, count)) {
        const isFarEnough = (): boolean => groups[0]!.received.length >= place;
        await waitUntil(isFarEnough, { what: "the groups have come far enough", timeoutMs: 120_000 });
        await fault(stage);
      }
    })().finally(() => (isOver = true));
    faulting.catch(() => undefined);
    const produced = await produceMeanwhile(stage.connection, count, { perSecond: PER_SECOND, isOver: () => isOver });
    await faulting;
    for (const [i, group] of GROUPS.entries()) {
      const isDone = async (): Promise<boolean> => (await lagOf(stage.admin, group)) === 0;
      await waitUntil(isDone, { what: "the group has answered everything", timeoutMs: 120_000 });
      findings.read(group, groups[i]!.audit(produced).reading(), { order: false });
    }
    findings.figure("faults", faults);
    findings.figure(
      "disconnects",
      groups.reduce((sum, { disconnects }) => sum + disconnects, 0),
    );
    for (const group of groups) await group.resumed();
    check?.(groups);
  } finally {
    await Promise.all(groups.map((group) => group[Symbol.asyncDispose]()));
  }
}

export const readersServerKilled: Scenario = {
  name: "readers-server-killed",
  title: "SIGKILL and restart of the server while groups read",
  group: "consumers",
  run(context) {
    const faults = context.isShort ? 2 : 5;
    return play(context, {
      faults,
      async fault({ server, connection }) {
        await server.kill();
        await sleep(context.random.between(0, 300));
        await server.restart();
        await waitUntil(() => connection.state === "connected", { what: "the connection is back" });
      },
      check(groups) {
        for (const { disconnects } of groups) {
          context.findings.expect(disconnects === 2 * faults, "every member has lost the server each time");
        }
      },
    });
  },
};

export const durableDeleted: Scenario = {
  name: "durable-deleted",
  title: "a group's place on a partition deleted while it reads",
  group: "consumers",
  run(context) {
    const faults = context.isShort ? 1 : 5;
    return play(context, {
      faults,
      async fault({ connection }) {
        const partition = context.random.between(1, 3);
        await connection.jetStream.request(`CONSUMER.DELETE.${STATION}$${partition}.${GROUPS[0]}`);
      },
      check([hit, other]) {
        const told = hit!.told.filter((code) => code === "SK_CONSUMER_GROUP_NOT_FOUND").length;
        context.findings.expect(told >= faults, "each time a member tells of it");
        context.findings.expect(other!.told.length === 0, "the other group does not notice");
      },
    });
  },
};

export const stationDestroyed: Scenario = {
  name: "station-destroyed",
  title: "the station destroyed while groups read, and made again",
  group: "consumers",
  async run(context) {
    const { findings, count } = context;
    await using stage = await openStage(context, { partitions: 3 });
    await using readers = await Readers.open(stage.server.url, { group: "g1", members: 2, ackTimeoutMs: 2_000 });
    const half = Math.floor(count / 2);
    const pace = { perSecond: PER_SECOND, isOver: () => true };
    await produceMeanwhile(stage.connection, half, pace);
    await waitUntil(() => readers.audit(half).received === half, { what: "all of the first station is read" });
    findings.read("before", readers.audit(half).reading(), { order: false });
    await stage.admin.destroy(STATION);
    const isTold = (): boolean => readers.told.includes("SK_STATION_NOT_FOUND");
    await waitUntil(isTold, { what: "the members tell of it", timeoutMs: 60_000 });
    readers.received.length = 0;
    await stage.admin.create({ name: STATION, partitions: 3 });
    await produceMeanwhile(stage.connection, half, pace);
    const isRead = (): boolean => readers.audit(half).received === half;
    await waitUntil(isRead, { what: "all of the second station is read", timeoutMs: 120_000 });
    findings.read("after", readers.audit(half).reading(), { order: false });
    await readers.resumed();
  },
};

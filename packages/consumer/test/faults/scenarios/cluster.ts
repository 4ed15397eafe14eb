import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "@stationkit/core-protocol";
import { type NatsServer, startCluster } from "@stationkit/embedded-nats";
import { createStationAdmin } from "@stationkit/station-admin";
import {
  leaderOf,
  type ObservedCluster,
  oncePlaced,
  type Random,
  type Scenario,
  type ScenarioContext,
  spread,
  waitUntil,
} from "@stationkit/test-kit";
import { Readers } from "../readers.js";
import { lagOf, produceMeanwhile, STATION } from "../stage.js";

const GROUPS = ["g1", "g2"];
const PARTITIONS = 3;
const PER_SECOND = 2_000;

interface ClusterStage extends ObservedCluster {
  readonly random: Random;
}

async function killAndRestart(stage: ClusterStage, victim: NatsServer): Promise<void> {
  await victim.kill();
  await sleep(stage.random.between(500, 2_000));
  await victim.restart();
  for (let partition = 1; partition <= PARTITIONS; partition++) {
    await leaderOf(stage, `STREAM.INFO.${STATION}$${partition}`);
    for (const group of GROUPS) await leaderOf(stage, `CONSUMER.INFO.${STATION}$${partition}.${group}`);
  }
}

async function play(
  context: ScenarioContext,
  faults: number,
  fault: (stage: ClusterStage, groups: readonly Readers[]) => Promise<void>,
): Promise<void> {
  const version = context.version === undefined ? {} : { version: context.version };
  const own = context.cluster === undefined ? await startCluster({ size: 3, ...version }) : undefined;
  const cluster = context.cluster ?? own!;
  const servers = [...cluster.urls];
  const groups: Readers[] = [];
  try {
    await using observer = await connect({ servers, reconnectDelayMs: 50, pingIntervalMs: 1_000 });
    const admin = createStationAdmin(observer);
    await admin.destroy(STATION).catch(() => undefined);
    await oncePlaced("the station", () => admin.create({ name: STATION, partitions: PARTITIONS, replicas: 3 }));
    for (const group of GROUPS) groups.push(await Readers.open(servers, { group, members: 2, ackTimeoutMs: 5_000 }));
    const stage = { cluster, observer, random: context.random };
    let isOver = false;
    const faulting = (async () => {
      for (const place of spread(context.random, faults, context.count)) {
        const isFarEnough = (): boolean => groups[0]!.received.length >= place;
        await waitUntil(isFarEnough, { what: "the groups have come far enough", timeoutMs: 120_000 });
        await fault(stage, groups);
      }
    })().finally(() => (isOver = true));
    faulting.catch(() => undefined);
    await using producing = await connect({ servers, reconnectDelayMs: 50, pingIntervalMs: 1_000 });
    const pace = { perSecond: PER_SECOND, isOver: () => isOver };
    const produced = await produceMeanwhile(producing, context.count, pace);
    await faulting;
    for (const [i, group] of GROUPS.entries()) {
      const isDone = async (): Promise<boolean> => (await lagOf(admin, group)) === 0;
      await waitUntil(isDone, { what: `group ${group} has answered everything`, timeoutMs: 120_000 });
      context.findings.read(group, groups[i]!.audit(produced).reading(), { order: false });
    }
    context.findings.figure("faults", faults);
    context.findings.figure(
      "told",
      groups.reduce((sum, { told }) => sum + told.length, 0),
    );
    for (const group of groups) await group.resumed();
  } finally {
    await Promise.all(groups.map((group) => group[Symbol.asyncDispose]()));
    await own?.stop();
  }
}

export const readersLeaderKilled: Scenario = {
  name: "readers-leader-killed",
  title: "R3: the leader of a partition, or of a group's place on it, killed and restarted while groups read",
  group: "consumers",
  run: (context) =>
    play(context, context.isShort ? 1 : 6, async (stage) => {
      const partition = context.random.between(1, PARTITIONS);
      const ofGroup = context.random.chance(50);
      const stream = `${STATION}$${partition}`;
      await killAndRestart(
        stage,
        await leaderOf(stage, ofGroup ? `CONSUMER.INFO.${stream}.${GROUPS[0]}` : `STREAM.INFO.${stream}`),
      );
    }),
};

export const readersNodeKilled: Scenario = {
  name: "readers-node-killed",
  title: "R3: the server that a member is connected to killed and restarted while groups read",
  group: "consumers",
  run: (context) =>
    play(context, context.isShort ? 1 : 6, async (stage, groups) => {
      const connections = groups.flatMap((group) => group.connections);
      const { server } = connections[context.random.between(0, connections.length - 1)]!;
      const before = groups.reduce((sum, { disconnects }) => sum + disconnects, 0);
      const node = stage.cluster.servers.find(({ url }) => url.endsWith(server.address)) ?? stage.cluster.servers[0]!;
      await killAndRestart(stage, node);
      const after = groups.reduce((sum, { disconnects }) => sum + disconnects, 0);
      context.findings.expect(after > before, "a member has lost its connection");
    }),
};

export const readersLeadersStepDown: Scenario = {
  name: "readers-leaders-step-down",
  title: "R3: leaders of partitions and of groups' places step down, again and again, while groups read",
  group: "consumers",
  run: (context) =>
    play(context, context.isShort ? 3 : 10, async ({ observer }) => {
      const { jetStream } = observer;
      for (let partition = 1; partition <= PARTITIONS; partition++) {
        const stream = `${STATION}$${partition}`;
        // Refused while there is no leader to step down: then there is an election, which is what is wanted.
        for (const group of GROUPS) {
          await jetStream.request(`CONSUMER.LEADER.STEPDOWN.${stream}.${group}`, {}).catch(() => undefined);
        }
        await jetStream.request(`STREAM.LEADER.STEPDOWN.${stream}`, {}).catch(() => undefined);
      }
      await sleep(context.random.between(200, 1_000));
    }),
};

import { setTimeout as sleep } from "node:timers/promises";
import type { NatsServer } from "@stationkit/embedded-nats";
import type { Scenario } from "@stationkit/test-kit";
import { playOnCluster } from "../cluster-stage.js";

export const leaderKilled: Scenario = {
  name: "leader-killed",
  title: "R3: leader of a partition killed and restarted, five times",
  group: "cluster",
  run: (context) =>
    playOnCluster(context, (stage) =>
      stage.at(5, 1, async () => {
        const leader = await stage.leader();
        await leader.kill();
        await sleep(context.random.between(500, 2_000));
        await leader.restart();
        await stage.led();
      }),
    ),
};

export const leaderStepDown: Scenario = {
  name: "leader-step-down",
  title: "R3: leaders of all partitions step down, again and again",
  group: "cluster",
  run: (context) =>
    playOnCluster(context, (stage) =>
      stage.at(10, 3, async () => {
        const { jetStream } = stage.observer;
        // Refused while there is no leader to step down: then there is an election, which is what is wanted.
        for (const stream of stage.streams) {
          await jetStream.request(`STREAM.LEADER.STEPDOWN.${stream}`, {}).catch(() => undefined);
        }
        await sleep(context.random.between(200, 1_000));
      }),
    ),
};

export const rollingRestart: Scenario = {
  name: "rolling-restart",
  title: "R3: every server restarted in turn",
  group: "cluster",
  run: (context) =>
    playOnCluster(context, (stage) =>
      stage.at(1, 1, async () => {
        for (const server of stage.cluster.servers) {
          await server.restart();
          await stage.led();
        }
      }),
    ),
};

export const minorityPaused: Scenario = {
  name: "minority-paused",
  title: "R3: the leader of a partition, or the producer's own server, stopped for 5 s",
  group: "cluster",
  run: (context) =>
    playOnCluster(context, (stage) =>
      stage.at(2, 1, async () => {
        const victim = context.random.chance(50) ? await stage.leader() : stage.entry();
        victim.pause();
        await sleep(context.isShort ? 2_500 : 5_000);
        victim.resume();
        await stage.led();
      }),
    ),
};

export const majorityDown: Scenario = {
  name: "majority-down",
  title: "R3: two of three servers down for 5 s",
  group: "cluster",
  run: (context) =>
    playOnCluster(context, (stage) =>
      stage.at(1, 1, async () => {
        const [first, ...rest] = shuffle(stage.cluster.servers, (limit) => context.random.between(0, limit));
        await Promise.all(rest.map((server) => server.kill()));
        // What a majority had accepted before may still be on its way back.
        await sleep(1_000);
        const before = stage.loads.map(({ acknowledged }) => acknowledged);
        await sleep(context.isShort ? 1_500 : 4_000);
        const after = stage.loads.map(({ acknowledged }) => acknowledged);
        context.findings.expect(before.join() === after.join(), "nothing is acknowledged without a majority");
        context.findings.expect(first?.pid !== undefined, "one server goes on");
        await Promise.all(rest.map((server) => server.restart()));
        await stage.led();
      }),
    ),
};

function shuffle(servers: readonly NatsServer[], upTo: (limit: number) => number): NatsServer[] {
  const rest = [...servers];
  return servers.flatMap(() => rest.splice(upTo(rest.length - 1), 1));
}

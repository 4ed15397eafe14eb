import { type Connection, connect, partitionStream, parseStationName } from "@stationkit/core-protocol";
import { type NatsCluster, type NatsServer, startCluster } from "@stationkit/embedded-nats";
import { createProducer, type Producer } from "@stationkit/producer";
import { createStationAdmin } from "@stationkit/station-admin";
import {
  judgeStation,
  leaderOf,
  type ObservedCluster,
  oncePlaced,
  type ScenarioContext,
  spread,
} from "@stationkit/test-kit";
import { Load } from "./load.js";
import { type ConnectionLog, watch } from "./stage.js";

const DELIVERY_TIMEOUT_MS = 60_000;

/** One of the two producers that meet the same faults. */
interface Role {
  readonly name: string;
  readonly ordering: "pipelined" | "strict";
  readonly partitions: number;
}

/** What a fault of a cluster can get at. */
export interface ClusterStage extends ObservedCluster {
  /** Of all partitions of both stations. */
  readonly streams: readonly string[];
  readonly loads: readonly Load[];
  /** The server that leads a partition of the pipelined producer's station now. */
  leader(): Promise<NatsServer>;
  /** Resolves when every partition has a leader. */
  led(): Promise<void>;
  /** The server that the producers are connected to. */
  entry(): NatsServer;
  /** As `Stage.at`, at places of the pipelined producer's run. */
  at(full: number, short: number, fault: () => Promise<void>): Promise<void>;
}

let plays = 0;

/**
 * Two producers on one cluster of three, one pipelined and one strict, each on a station of its own with three replicas. Both go
 * on for as long as the fault takes. Only the strict one promises the order: what a falling leader had taken and not replicated
 * lands behind what its successor took (case 2 of docs/guarantees.md).
 */
export async function playOnCluster(
  context: ScenarioContext,
  fault: (stage: ClusterStage) => Promise<void>,
): Promise<void> {
  const version = context.version === undefined ? {} : { version: context.version };
  const own = context.cluster === undefined ? await startCluster({ size: 3, ...version }) : undefined;
  try {
    await playOn(context.cluster ?? own!, context, fault);
  } finally {
    await own?.stop();
  }
}

async function playOn(
  cluster: NatsCluster,
  context: ScenarioContext,
  fault: (stage: ClusterStage) => Promise<void>,
): Promise<void> {
  const { findings, random } = context;
  const id = ++plays;
  const roles: readonly Role[] = [
    { name: `pipelined-${id}`, ordering: "pipelined", partitions: 2 },
    { name: `strict-${id}`, ordering: "strict", partitions: 4 },
  ];
  const servers = [...cluster.urls];
  await using observer = await connect({ servers, reconnectDelayMs: 50, pingIntervalMs: 1_000 });
  await using connection = await connect({
    servers,
    reconnectDelayMs: 50,
    pingIntervalMs: 1_000,
    closeTimeoutMs: 10_000,
  });
  const log: ConnectionLog = watch(connection);
  const producers = await Promise.all(roles.map((role) => open(connection, role)));
  const loads = producers.map((producer) => new Load(producer, random.fork()));
  const [pipelined] = loads;
  const streams = roles.flatMap(({ name, partitions }) =>
    Array.from({ length: partitions }, (_, i) => partitionStream(parseStationName(name), i + 1)),
  );
  const stage: ClusterStage = {
    ...{ cluster, observer, loads, streams },
    leader: () => leaderOf(stage, `STREAM.INFO.${streams[0]}`),
    async led() {
      for (const stream of streams) await leaderOf(stage, `STREAM.INFO.${stream}`);
    },
    entry: () => cluster.servers.find(({ url }) => url.endsWith(connection.server.address)) ?? cluster.servers[0]!,
    async at(full, short, act) {
      for (const place of spread(random, context.isShort ? short : full, context.count)) {
        await pipelined?.reached(place);
        await act();
      }
    },
  };
  let isOver = false;
  const faulting = fault(stage).finally(() => (isOver = true));
  // Looked at below; until then a fault that fails must not count as unheard.
  faulting.catch(() => undefined);
  await Promise.all(loads.map((load) => load.run(context.count, () => isOver)));
  await faulting;
  await Promise.all(loads.map((load) => load.settled(DELIVERY_TIMEOUT_MS)));
  await stage.led();
  await using reader = await connect({ servers });
  for (const [i, { name, ordering }] of roles.entries()) {
    const verdict = await judgeStation(reader, name, loads[i]!.ledger);
    findings.judge(ordering, verdict, { order: ordering === "strict" });
    findings.figure(`${ordering}SlowestMs`, loads[i]!.slowestMs);
  }
  findings.figure("disconnects", log.disconnects);
  for (const producer of producers) {
    findings.expect(producer.pending.messages === 0, "nothing is in the window when everything has ended");
    // Repeats failures that were counted already.
    await producer.close().catch(() => undefined);
  }
  // What a scenario leaves on a cluster that others use is work for its servers.
  if (context.cluster !== undefined) for (const { name } of roles) await createStationAdmin(observer).destroy(name);
}

function open(connection: Connection, { name, ordering, partitions }: Role): Promise<Producer> {
  const options = {
    ...{ stationName: name, producerName: "p", ordering },
    station: { partitions, replicas: 3 },
    ackTimeoutMs: 2_000,
    deliveryTimeoutMs: DELIVERY_TIMEOUT_MS,
  };
  return oncePlaced(`station ${name}`, () => createProducer(connection, options));
}

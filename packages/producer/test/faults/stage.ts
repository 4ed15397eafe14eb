import { type Connection, connect, type ConnectOptions } from "@stationkit/core-protocol";
import { type NatsServer, startNats, type StartNatsOptions } from "@stationkit/embedded-nats";
import { createProducer, PRODUCER_DEFAULTS, type ProducerOptions } from "@stationkit/producer";
import { createStationAdmin, type StationAdmin } from "@stationkit/station-admin";
import {
  type AuditOptions,
  judgeStation,
  type Scenario,
  type ScenarioContext,
  spread,
  startTcpProxy,
  type TcpProxy,
  type Verdict,
  waitUntil,
} from "@stationkit/test-kit";
import { type AnyProducer, Load } from "./load.js";

export const STATION = "s";
export const PARTITIONS = 3;

/** How often the connection came and went. */
export interface ConnectionLog {
  readonly connection: Connection;
  disconnects: number;
  stale: number;
}

/** Counts what a connection tells. */
export function watch(connection: Connection): ConnectionLog {
  const log = { connection, disconnects: 0, stale: 0 };
  connection.on("status", ({ type }) => {
    if (type === "disconnected") log.disconnects++;
    if (type === "stale") log.stale++;
  });
  return log;
}

/** What a scenario with one server and one producer is about. */
export interface Play {
  readonly server?: StartNatsOptions;
  /** The producer's connection goes through the proxy. */
  readonly isProxied?: boolean;
  readonly connect?: ConnectOptions;
  readonly producer?: Partial<Omit<ProducerOptions, "stationName">>;
  /** Whether docs/guarantees.md promises the order here. */
  readonly order: boolean;
  /** Runs beside the producing, which goes on until it is over. */
  readonly fault: (stage: Stage) => Promise<unknown>;
  /** Which part of the run the scenario did not take away itself; asked when the fault is over. */
  readonly audit?: () => AuditOptions;
  /** What must hold beside the verdict. */
  readonly check?: (stage: Stage, verdict: Verdict) => void;
}

/** What a fault can get at. */
export interface Stage {
  readonly context: ScenarioContext;
  readonly server: NatsServer;
  readonly proxy: TcpProxy;
  readonly log: ConnectionLog;
  readonly producer: AnyProducer;
  readonly load: Load;
  /** On a connection of its own, past the proxy. */
  readonly admin: StationAdmin;
  /** `full` faults (`short` in the short form), each at its place in the run. */
  at(full: number, short: number, fault: (n: number) => Promise<void>): Promise<void>;
  /** Does something that ends the connection, and waits until there is one again. */
  andReconnect(act: () => Promise<void> | void): Promise<void>;
}

type PlayedOptions = NonNullable<Play["producer"]>;

const variations = new WeakMap<ScenarioContext, PlayedOptions>();

/** The same scenario with a producer that has these options, too. */
export function vary(base: Scenario, suffix: string, options: PlayedOptions): Scenario {
  return {
    ...base,
    name: `${base.name}-${suffix}`,
    title: `${base.title}, ${suffix}`,
    run(context) {
      variations.set(context, options);
      return base.run(context);
    },
  };
}

/** Starts a server and a producer, lets the fault happen while messages are produced, and judges what came of it. */
export async function play(context: ScenarioContext, plan: Play): Promise<void> {
  const { findings, random } = context;
  const version = context.version === undefined ? {} : { version: context.version };
  await using server = await startNats({ ...version, ...plan.server });
  await using proxy = await startTcpProxy(server);
  await using direct = await connect({ servers: server.url, reconnectDelayMs: 50 });
  const target = plan.isProxied === true ? proxy.url : server.url;
  await using connection = await connect({
    servers: target,
    reconnectDelayMs: 50,
    closeTimeoutMs: 10_000,
    ...plan.connect,
  });
  const deliveryTimeoutMs = plan.producer?.deliveryTimeoutMs ?? PRODUCER_DEFAULTS.deliveryTimeoutMs;
  const producer = await createProducer(connection, {
    stationName: STATION,
    producerName: "p",
    station: { partitions: PARTITIONS },
    ackTimeoutMs: 1_000,
    ...plan.producer,
    ...variations.get(context),
  });
  const log = watch(connection);
  const stage: Stage = {
    ...{ context, server, proxy, log, producer, load: new Load(producer, random.fork()) },
    admin: createStationAdmin(direct),
    async at(full, short, fault) {
      const places = spread(random, context.isShort ? short : full, context.count);
      for (const [n, place] of places.entries()) {
        await stage.load.reached(place);
        await fault(n);
      }
    },
    async andReconnect(act) {
      const before = log.disconnects;
      await act();
      await waitUntil(() => log.disconnects > before, { what: "the connection is lost" });
      await waitUntil(() => connection.state === "connected", { what: "the connection is back" });
    },
  };
  await produceMeanwhile(stage, plan.fault(stage));
  await stage.load.settled(deliveryTimeoutMs);
  findings.expect(producer.pending.messages === 0, "nothing is in the window when everything has ended");
  // A new connection: what is asked on one that is just coming back may go unanswered.
  await using observer = await connect({ servers: server.url });
  const verdict = await judgeStation(observer, STATION, stage.load.ledger, plan.audit?.());
  findings.judge(STATION, verdict, { order: plan.order });
  findings.figure("disconnects", log.disconnects);
  findings.figure("slowestMs", stage.load.slowestMs);
  plan.check?.(stage, verdict);
  // Repeats failures that were counted already.
  await producer.close().catch(() => undefined);
}

async function produceMeanwhile({ load, context }: Stage, fault: Promise<unknown>): Promise<void> {
  let isOver = false;
  const faulting = fault.finally(() => (isOver = true));
  // Looked at below; until then a fault that fails must not count as unheard.
  faulting.catch(() => undefined);
  await load.run(context.count, () => isOver);
  await faulting;
}

/** Nothing failed: the fault was one that a caller need not know of. */
export function expectAllAcknowledged({ context }: Stage, verdict: Verdict): void {
  context.findings.expect(verdict.acknowledged === verdict.attempted, "every message is acknowledged");
}

import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FoundBinary } from "../binary/binary-search.js";
import { findBinary } from "../binary/find-binary.js";
import { createDeadline, type Deadline } from "../deadline.js";
import { StartError } from "../errors.js";
import { EmbeddedServer } from "./embedded-server.js";
import { findGap } from "./cluster-readiness.js";
import type { NatsServer } from "./nats-server.js";
import {
  requireDuration,
  resolveStartOptions,
  type ResolvedStartOptions,
  type StartClusterOptions,
} from "./start-options.js";

const startTries = 3;
const pollMs = 25;

/** Several nats-servers on this machine that form one cluster. */
export interface NatsCluster extends AsyncDisposable {
  /** One address per server, in the order of `servers`; stays the same over restarts. */
  readonly urls: readonly string[];
  /** The nodes `<name>-1` … `<name>-<size>`; each can be killed, paused and restarted by itself. */
  readonly servers: readonly NatsServer[];

  /**
   * Waits until the nodes whose process runs are ready: routes are up and, with JetStream, a majority runs, there is a meta leader that
   * sees all of them as current, every stream and consumer they hold has a leader, and each calls itself healthy. Right after
   * `startCluster()` this has been waited for; it is for the time after kills and restarts. nats-server 2.10 may go on calling a replica
   * "catching up" after it has caught up (nats-server issue 6964): with streams that have replicas, wait for their leaders there.
   * @param options.timeoutMs - milliseconds, integer ≥ 1, default the cluster's `startTimeoutMs`.
   * @throws {StartError} it was not so in time; its message says what was missing.
   */
  ready(options?: { readonly timeoutMs?: number }): Promise<void>;

  /** Stops every node, at the same time; see {@link NatsServer.stop}. */
  stop(options?: { readonly keepStore?: boolean }): Promise<void>;
}

/**
 * Starts a cluster of nats-servers on 127.0.0.1, three unless told otherwise.
 * Resolves when all nodes greet clients and, with JetStream, a meta leader is elected and sees every node as current: a stream with as
 * many replicas as there are nodes can be made at once, through any of them. (That the leader has what it needs to place a stream is asked
 * through the client ports, with a request that is always refused; where these want a login or TLS, it is not asked.)
 * @throws {BinaryNotFoundError} no executable was found or fetched.
 * @throws {StartError} a node did not start or the cluster was not ready in time; no node is left running.
 * @throws {InvalidOptionsError} an option that cannot be honoured; nothing was started.
 * @example
 * await using cluster = await startCluster({ size: 3 });
 * await cluster.servers[0]?.kill();
 */
export async function startCluster(options: StartClusterOptions = {}): Promise<NatsCluster> {
  const resolved = resolveStartOptions(options, "cluster");
  const binary = await findBinary(resolved.find);
  const deadline = createDeadline(resolved.startTimeoutMs);
  for (let tries = 1; ; tries += 1) {
    const isLast = tries === startTries;
    try {
      const share = Math.min(deadline.remainingMs(), resolved.startTimeoutMs / (startTries + 1));
      return await startNodes(binary, resolved, isLast ? deadline : createDeadline(share));
    } catch (error) {
      if (isLast || deadline.passed || !(error instanceof StartError && isWorthAnotherTry(error))) throw error;
    }
  }
}

/**
 * Two things go wrong by chance: the route ports are chosen before they are used, and somebody else may have got one of them; and nodes
 * of nats-server 2.10 that dial each other at the same moment sometimes close each other's routes as duplicates and stay apart
 * (about one start in 50).
 */
function isWorthAnotherTry(error: StartError): boolean {
  return error.retryable || error.exitCode === null;
}

async function startNodes(
  binary: FoundBinary,
  options: ResolvedStartOptions,
  deadline: Deadline,
): Promise<NatsCluster> {
  // Every node gets the routes to all nodes from the start: JetStream takes the number of its peers from them.
  const ports = await freePorts(options.size);
  const routes = ports.map((port) => `nats-route://127.0.0.1:${port}`);
  const outcomes = await Promise.allSettled(
    ports.map((port, index) => {
      const name = `${options.name}-${index + 1}`;
      return EmbeddedServer.start({
        binary,
        settings: {
          name,
          port: -1,
          jetstream: options.jetstream,
          cluster: { name: options.name, host: "127.0.0.1", port, routes },
          config: options.config,
          configText: options.configText,
        },
        storeDir: options.storeDir === undefined ? undefined : join(options.storeDir, name),
        persistent: options.persistent,
        startTimeoutMs: options.startTimeoutMs,
        stopTimeoutMs: options.stopTimeoutMs,
      });
    }),
  );
  const servers = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  try {
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    await untilReady(servers, options, deadline);
  } catch (error) {
    await stopAll(servers);
    throw error;
  }
  return {
    servers,
    urls: servers.map((server) => server.url),
    ready: async ({ timeoutMs = options.startTimeoutMs } = {}) =>
      untilReady(servers, options, createDeadline(requireDuration("timeoutMs", timeoutMs))),
    stop: (stopOptions) => stopAll(servers, stopOptions),
    [Symbol.asyncDispose]: () => stopAll(servers),
  };
}

async function untilReady(
  servers: readonly EmbeddedServer[],
  options: ResolvedStartOptions,
  deadline: Deadline,
): Promise<void> {
  const jetstream = options.jetstream !== undefined;
  for (let gap; (gap = await findGap(servers, jetstream)) !== undefined;) {
    if (deadline.passed) {
      throw new StartError(`the cluster was not ready in time (${gap})`, {
        binary: servers[0]?.binary ?? "",
        exitCode: null,
        logTail: servers.flatMap((server) => server.logTail(15)),
      });
    }
    await sleep(pollMs);
  }
}

async function stopAll(servers: readonly EmbeddedServer[], options?: { readonly keepStore?: boolean }): Promise<void> {
  await Promise.all(servers.map((server) => server.stop(options)));
}

/** Ports that were free a moment ago: all are held at the same time, so they differ. */
async function freePorts(count: number): Promise<number[]> {
  const holders = await Promise.all(
    Array.from({ length: count }, async () => {
      const holder = createServer();
      await new Promise<void>((resolve, reject) => {
        holder.once("error", reject);
        holder.listen({ host: "127.0.0.1", port: 0 }, resolve);
      });
      return holder;
    }),
  );
  const ports = holders.map((holder) => {
    const address = holder.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(
    holders.map(
      (holder) =>
        new Promise((resolve) => {
          holder.close(resolve);
        }),
    ),
  );
  return ports;
}

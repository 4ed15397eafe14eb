import type { NatsServer } from "./nats-server.js";
import { probePlacement } from "./placement-probe.js";
import { askMonitor } from "./readiness.js";

interface RaftGroup {
  readonly cluster?: { readonly leader?: string };
}

/** The part of `/jsz` that is looked at. @see nats-server server/monitor.go, JSInfo, MetaClusterInfo, StreamDetail */
interface JetStreamInfo {
  readonly meta_cluster?: {
    readonly leader?: string;
    readonly cluster_size?: number;
    readonly replicas?: readonly { readonly name: string; readonly current: boolean; readonly offline?: boolean }[];
  };
  readonly account_details?: readonly {
    readonly stream_detail?: readonly (RaftGroup & { readonly consumer_detail?: readonly RaftGroup[] })[];
  }[];
}

/**
 * Whether the nodes that run have found each other. With JetStream: all agree on a meta leader, the leader sees each of the others as
 * current, and what streams and consumers they hold is led by one of them. Just having a meta leader is not enough: until a
 * node is known to it, no stream can be placed there, and a stream whose leader was killed answers nobody before it has another. And
 * seeing all as current is not enough either: when all nodes run, each is asked whether a stream could be placed.
 */
export async function isClusterReady(servers: readonly NatsServer[], jetstream: boolean): Promise<boolean> {
  const running = servers.filter((server) => server.pid !== undefined);
  // A leader that has just lost its majority goes on calling itself leader for some seconds.
  if (jetstream && running.length * 2 <= servers.length) return false;
  if (!jetstream) return (await Promise.all(running.map((server) => hasRoutes(server, running.length)))).every(Boolean);
  const infos = await Promise.all(running.map((server) => ask<JetStreamInfo>(server, "/jsz?consumers=true")));
  const names = new Set(running.map((server) => server.name));
  if (!infos.every((info) => raftGroups(info).every((group) => names.has(group.cluster?.leader ?? "")))) return false;

  const leaders = new Set(infos.map((info) => info?.meta_cluster?.leader));
  const [leader] = leaders;
  if (leaders.size !== 1 || leader === undefined || leader === "") return false;
  const meta = infos[running.findIndex((server) => server.name === leader)]?.meta_cluster;
  if (meta?.cluster_size !== servers.length) return false;
  const current = new Set(
    meta.replicas?.filter((peer) => peer.current && peer.offline !== true).map((peer) => peer.name),
  );
  if (!running.every((server) => server.name === leader || current.has(server.name))) return false;
  // Late, because every refusal is a warning in the server's log.
  if (!(await Promise.all(running.map(isHealthy))).every(Boolean)) return false;
  // With a node down the answer would always be that a peer is offline.
  if (running.length < servers.length) return true;
  return !(await Promise.all(running.map(({ port }) => probePlacement(port)))).includes("not-yet");
}

function raftGroups(info: JetStreamInfo | undefined): RaftGroup[] {
  const streams = info?.account_details?.flatMap((account) => account.stream_detail ?? []) ?? [];
  return streams.flatMap((stream) => [stream, ...(stream.consumer_detail ?? [])]);
}

async function isHealthy(server: NatsServer): Promise<boolean> {
  return (await askMonitor(server.monitorUrl, "/healthz"))?.status === 200;
}

async function hasRoutes(server: NatsServer, runningCount: number): Promise<boolean> {
  const routes = await ask<{ routes?: readonly { remote_name?: string }[] }>(server, "/routez");
  // Several routes lead to the same server (pooling); its name tells them apart.
  return new Set(routes?.routes?.map((route) => route.remote_name)).size >= runningCount - 1;
}

async function ask<T>(server: NatsServer, path: string): Promise<T | undefined> {
  const answer = await askMonitor(server.monitorUrl, path);
  if (answer?.status !== 200) return undefined;
  try {
    return JSON.parse(answer.body) as T;
  } catch {
    // Cut off by the server's end: as good as no answer, and asked again.
    return undefined;
  }
}

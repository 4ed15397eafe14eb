import type { NatsServer } from "./nats-server.js";
import { probePlacement } from "./placement-probe.js";
import { askMonitor } from "./readiness.js";

interface RaftGroup {
  readonly name?: string;
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
 * What still keeps the nodes that run from being a cluster; undefined when nothing does. With JetStream: all agree on a meta leader, the
 * leader sees each of the others as current, and what streams and consumers they hold is led by one of them. Just having a meta leader is
 * not enough: until a node is known to it, no stream can be placed there, and a stream whose leader was killed answers nobody before it has
 * another. And seeing all as current is not enough either: when all nodes run, each is asked whether a stream could be placed.
 */
export async function findGap(servers: readonly NatsServer[], jetstream: boolean): Promise<string | undefined> {
  const running = servers.filter((server) => server.pid !== undefined);
  if (!jetstream) {
    const areRouted = await Promise.all(running.map((server) => hasRoutes(server, running.length)));
    return areRouted.every(Boolean) ? undefined : "routes are missing";
  }
  // A leader that has just lost its majority goes on calling itself leader for some seconds.
  if (running.length * 2 <= servers.length) return `only ${running.length} of ${servers.length} nodes run`;
  const infos = await Promise.all(running.map((server) => ask<JetStreamInfo>(server, "/jsz?consumers=true")));
  const names = new Set(running.map((server) => server.name));
  const orphan = infos.flatMap(raftGroups).find(({ cluster }) => !names.has(cluster?.leader ?? ""));
  if (orphan !== undefined) return `${orphan.name ?? "a stream or consumer"} has no leader`;

  const leaders = new Set(infos.map((info) => info?.meta_cluster?.leader));
  const [leader] = leaders;
  if (leaders.size !== 1 || leader === undefined || leader === "") return "the nodes do not agree on a meta leader";
  const meta = infos[running.findIndex((server) => server.name === leader)]?.meta_cluster;
  if (meta?.cluster_size !== servers.length) return `the meta leader knows of ${meta?.cluster_size ?? 0} nodes`;
  const current = new Set(
    meta.replicas?.filter((peer) => peer.current && peer.offline !== true).map((peer) => peer.name),
  );
  const behind = running.find((server) => server.name !== leader && !current.has(server.name));
  if (behind !== undefined) return `the meta leader does not see ${behind.name} as current`;
  // Late, because every refusal is a warning in the server's log.
  const complaints = await Promise.all(running.map(complaint));
  const complaining = complaints.find((text) => text !== undefined);
  // With a node down the answer would always be that a peer is offline.
  if (complaining !== undefined || running.length < servers.length) return complaining;
  const placements = await Promise.all(running.map(({ port }) => probePlacement(port)));
  return placements.includes("not-yet") ? "a stream could not be placed yet" : undefined;
}

function raftGroups(info: JetStreamInfo | undefined): RaftGroup[] {
  const streams = info?.account_details?.flatMap((account) => account.stream_detail ?? []) ?? [];
  return streams.flatMap((stream) => [stream, ...(stream.consumer_detail ?? [])]);
}

/** Why a node does not call itself healthy, in its own words; undefined when it does. */
async function complaint(server: NatsServer): Promise<string | undefined> {
  const answer = await askMonitor(server.monitorUrl, "/healthz");
  if (answer?.status === 200) return undefined;
  return `${server.name} says: ${answer?.body.trim() ?? "nothing"}`;
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

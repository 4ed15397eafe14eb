import type { Connection } from "@stationkit/core-protocol";
import type { NatsCluster, NatsServer } from "@stationkit/embedded-nats";
import { waitForValue } from "../wait-until.js";

/** On two cores elections take a while. */
const LED_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** A cluster, and a connection to it that no scenario disturbs. */
export interface ObservedCluster {
  readonly cluster: NatsCluster;
  readonly observer: Connection;
}

interface Info {
  readonly cluster?: { readonly leader?: string };
}

/**
 * The server that leads a stream or a durable, as soon as there is one. After a fault it is this that is waited for, and not
 * `cluster.ready()`: nats-server 2.10 may go on calling a replica "catching up" when it has caught up (nats-server issue 6964).
 * @param request - of JetStream's API, such as `STREAM.INFO.orders$1` or `CONSUMER.INFO.orders$1.billing`.
 * @throws {Error} when nobody leads it after a minute.
 */
export function leaderOf({ cluster, observer }: ObservedCluster, request: string): Promise<NatsServer> {
  return waitForValue(
    async () => {
      const info = await observer.jetStream.request<Info>(request).catch(() => undefined);
      return cluster.servers.find(({ name, pid }) => pid !== undefined && name === info?.cluster?.leader);
    },
    { what: `${request} has a leader`, timeoutMs: LED_MS, everyMs: LOOK_EVERY_MS },
  );
}

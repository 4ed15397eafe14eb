import { startCluster, startNats } from "@stationkit/embedded-nats";

/** A server, or a cluster of three, that was started for one measurement. */
export interface Broker extends AsyncDisposable {
  readonly urls: readonly string[];
  readonly pids: readonly number[];
  readonly version: string;
  /** URL of the server of this name; of the first one when there is none. */
  urlOf(serverName: string | undefined): string;
}

export async function startBroker(cluster: boolean): Promise<Broker> {
  const owner = cluster ? await startCluster({ size: 3 }) : await startNats();
  const servers = "servers" in owner ? owner.servers : [owner];
  const [first] = servers;
  if (first === undefined) throw new Error("a cluster without servers");
  return {
    urls: servers.map(({ url }) => url),
    pids: servers.flatMap(({ pid }) => pid ?? []),
    version: first.version,
    urlOf: (serverName) => (servers.find(({ name }) => name === serverName) ?? first).url,
    [Symbol.asyncDispose]: () => owner.stop(),
  };
}

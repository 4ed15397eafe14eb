import { type Connection, connect, type ConnectOptions } from "@stationkit/core-protocol";
import { type NatsServer, startNats, type StartNatsOptions } from "@stationkit/embedded-nats";
import { startSuiteBridge, type SuiteBridge, suiteOptions } from "@stationkit/test-kit/vitest";
import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";

/** A server for one test file, and what its tests need of it. */
export interface Broker {
  readonly server: NatsServer;
  /** A name that no other test has. */
  station(): string;
  /** A connection that is closed after the test. */
  connect(options?: ConnectOptions): Promise<Connection>;
}

let stations = 0;

/** One server per file. After each test no client may be left, and no promise may have been rejected unheard. */
export function useBroker(options: StartNatsOptions = {}): Broker {
  let server: NatsServer;
  let bridge: SuiteBridge;
  const connections: Connection[] = [];
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

  beforeAll(async () => {
    process.on("unhandledRejection", onUnhandled);
    server = await startNats(options);
    bridge = await startSuiteBridge(server.url);
  });
  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close()));
    await vi.waitFor(async () => {
      expect(await countClients(server)).toBe(bridge.connections);
    }, 5_000);
    expect(unhandled).toEqual([]);
  });
  afterAll(async () => {
    await bridge.close();
    await server.stop();
    process.off("unhandledRejection", onUnhandled);
  });

  return {
    get server() {
      return server;
    },
    station: () => `station-${process.pid}-${++stations}`,
    async connect(connectOptions = {}) {
      const connection = await connect({ servers: server.url, ...suiteOptions, ...connectOptions });
      connections.push(connection);
      return connection;
    },
  };
}

async function countClients(server: NatsServer): Promise<number> {
  const response = await fetch(`${server.monitorUrl}/connz`);
  return ((await response.json()) as { num_connections: number }).num_connections;
}

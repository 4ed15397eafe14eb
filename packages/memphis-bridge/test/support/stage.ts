import { type Connection, connect } from "@stationkit/core-protocol";
import { type NatsServer, startNats } from "@stationkit/embedded-nats";
import { createStationAdmin, type StationAdmin } from "@stationkit/station-admin";
import { expectNoClients, failOnUnhandledRejections, freshName } from "@stationkit/test-kit/vitest";
import { createMemphisInstance, type Memphis } from "memphis-dev";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type BridgeOptions, type MemphisBridge, serveMemphis } from "../../src/index.js";

/** A plain NATS server with Memphis's users, a bridge on it, and clients of both kinds. */
export interface Stage {
  readonly server: NatsServer;
  readonly bridge: MemphisBridge;
  /** A connected client of the official SDK, closed after all tests: that takes it half a second. */
  memphis(): Promise<Memphis>;
  /** A connection of ours, closed after the test. */
  connect(): Promise<Connection>;
  admin(): Promise<StationAdmin>;
  station(): string;
}

/** Memphis's own login; the server knows `root$1` as a Memphis broker does. */
export const LOGIN = { username: "root", password: "memphis" };
export const AUTHORIZATION = {
  users: ["root", "root$1"].map((user) => ({ user, password: LOGIN.password })),
};

/** One server and one bridge for a file. */
export function useStage(options: BridgeOptions = {}): Stage {
  let server: NatsServer;
  let connection: Connection;
  let bridge: MemphisBridge;
  const clients: Memphis[] = [];
  const connections: Connection[] = [];
  failOnUnhandledRejections();
  beforeAll(async () => {
    server = await startNats({ config: { authorization: AUTHORIZATION } });
    connection = await connect({ servers: server.url, ...LOGIN });
    bridge = await serveMemphis(connection, options);
  });
  afterEach(async () => {
    await Promise.all(connections.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    await Promise.all([connection.close(), ...clients.map((client) => client.close())]);
    await expectNoClients(server);
    await server.stop();
  });
  const stage: Stage = {
    get server() {
      return server;
    },
    get bridge() {
      return bridge;
    },
    async memphis() {
      const client = await connectMemphis(server.port);
      clients.push(client);
      return client;
    },
    async connect() {
      const one = await connect({ servers: server.url, ...LOGIN });
      connections.push(one);
      return one;
    },
    admin: async () => createStationAdmin(await stage.connect()),
    station: () => freshName("station"),
  };
  return stage;
}

/** How a client of the official SDK reaches a server; a busy machine may need more than its two seconds. */
export function address(port: number): { host: string; port: number; timeoutMs: number; suppressLogs: boolean } {
  return { host: "127.0.0.1", port, timeoutMs: 20_000, suppressLogs: true };
}

/** A client of the official SDK, as its users make one. */
export function connectMemphis(port: number): Promise<Memphis> {
  return createMemphisInstance().connect({ ...address(port), ...LOGIN });
}

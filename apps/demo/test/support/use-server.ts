import { randomBytes } from "node:crypto";
import { connect, type Connection } from "@stationkit/core-protocol";
import { type NatsServer, startNats, type StartNatsOptions } from "@stationkit/embedded-nats";
import { createStationAdmin, type StationAdmin } from "@stationkit/station-admin";
import { afterAll, beforeAll } from "vitest";

/** One server for a test file, with an admin that looks at it from outside. */
export interface TestServer {
  readonly url: string;
  readonly connection: Connection;
  readonly admin: StationAdmin;
  /** A name that no other test has. */
  station(): string;
  /** Messages that a station holds. */
  count(station: string): Promise<number>;
}

export function useServer(options: StartNatsOptions = {}): TestServer {
  let server: NatsServer;
  let connection: Connection;
  beforeAll(async () => {
    server = await startNats(options);
    connection = await connect({ servers: server.url });
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });
  return {
    get url() {
      return server.url;
    },
    get connection() {
      return connection;
    },
    get admin() {
      return createStationAdmin(connection);
    },
    station: () => `station-${randomBytes(4).toString("hex")}`,
    count: async (station) => (await createStationAdmin(connection).describe(station)).totals.messages,
  };
}

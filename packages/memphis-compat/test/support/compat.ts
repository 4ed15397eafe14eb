import type { Connection } from "@stationkit/core-protocol";
import { createMemphisInstance, type ConnectOptions, type Memphis } from "@stationkit/memphis-compat";
import { type Broker, useBroker } from "@stationkit/test-kit/vitest";
import type { StartNatsOptions } from "@stationkit/embedded-nats";
import { afterEach, beforeEach } from "vitest";

/** The broker of a test file, and a way to it by this package. */
export interface CompatBroker extends Broker {
  /** What `memphis.connect` needs to reach it. */
  readonly options: ConnectOptions;
  /** A connected instance that is closed after the test. */
  memphis(options?: Partial<ConnectOptions>): Promise<Memphis>;
  /** Beside this package, to look at what it has done. */
  readonly connection: Connection;
}

/** One server for the file; after each test everything is closed, and no promise may have been rejected unheard. */
export function useCompatBroker(startOptions?: StartNatsOptions): CompatBroker {
  const opened: Memphis[] = [];
  const broker = useBroker(startOptions);
  let connection: Connection | undefined;
  beforeEach(async () => {
    connection = await broker.connect();
  });
  // Runs before the broker's own, which looks for clients that are left.
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  return {
    connect: (connectionOptions) => broker.connect(connectionOptions),
    station: () => broker.station(),
    get url() {
      return broker.url;
    },
    get server() {
      return broker.server;
    },
    get options() {
      return connectOptions(broker.url);
    },
    get connection() {
      if (connection === undefined) throw new Error("the connection is there inside of tests only");
      return connection;
    },
    async memphis(options) {
      const one = createMemphisInstance();
      opened.push(one);
      return one.connect({ ...connectOptions(broker.url), ...options });
    },
  };
}

/** A server's address in memphis-dev's words. The time is for a loaded machine. */
export function connectOptions(url: string): ConnectOptions {
  const { hostname, port } = new URL(url);
  const login = { username: "root", password: "memphis", suppressLogs: true, timeoutMs: 20_000 };
  return { host: hostname, port: Number(port), ...login };
}

import { type Connection, connect, type ConnectOptions } from "@stationkit/core-protocol";
import { type NatsServer, startNats, type StartNatsOptions } from "@stationkit/embedded-nats";
import { afterAll, afterEach, beforeAll } from "vitest";
import { expectNoClients } from "./clients.js";
import { startSuiteBridge, type SuiteBridge, suiteOptions } from "./control-plane.js";
import { failOnUnhandledRejections } from "./unhandled-rejections.js";

/** The broker of a test file. */
export interface Broker {
  readonly url: string;
  /** undefined when `BROKER_URL` names a server that was there before. */
  readonly server: NatsServer | undefined;
  /** A connection that is closed after the test. */
  connect(options?: ConnectOptions): Promise<Connection>;
  /** A station name that no other test has. */
  station(): string;
}

/**
 * One server for the file, at `BROKER_URL` or started for it. After each test no client may be left, and no promise may have
 * been rejected unheard.
 * @param options - a file that needs some gets a server of its own always.
 */
export function useBroker(options?: StartNatsOptions): Broker {
  const opened: Connection[] = [];
  let server: NatsServer | undefined;
  let bridge: SuiteBridge | undefined;
  let url = options === undefined ? process.env["BROKER_URL"] : undefined;
  failOnUnhandledRejections();
  beforeAll(async () => {
    if (url !== undefined) return;
    server = await startNats(options);
    url = server.url;
    bridge = await startSuiteBridge(url);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    if (server !== undefined) await expectNoClients(server, bridge?.connections);
  });
  afterAll(async () => {
    await bridge?.close();
    await server?.stop();
  });
  return {
    get url() {
      if (url === undefined) throw new Error("the broker is there inside of tests only");
      return url;
    },
    get server() {
      return server;
    },
    async connect(connectOptions) {
      const one = await connect({ servers: this.url, ...suiteOptions, ...connectOptions });
      opened.push(one);
      return one;
    },
    station: () => freshName("station"),
  };
}

let names = 0;

/** A station name that no other test has. */
export function freshName(prefix = "s"): string {
  return `${prefix}-${process.pid}-${++names}`;
}

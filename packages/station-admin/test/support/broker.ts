import { connect, type Connection, type ConnectOptions } from "@stationkit/core-protocol";
import { type NatsServer, startNats, type StartNatsOptions } from "@stationkit/embedded-nats";
import { createStationAdmin, type StationAdmin } from "@stationkit/station-admin";
import {
  expectNoClients,
  failOnUnhandledRejections,
  startSuiteBridge,
  type SuiteBridge,
  suiteOptions,
} from "@stationkit/test-kit/vitest";
import { afterAll, afterEach, beforeAll } from "vitest";

/** The broker of a test file. */
export interface Broker {
  readonly url: string;
  readonly connection: Connection;
  readonly admin: StationAdmin;
  /** undefined when BROKER_URL names a server that was there before. */
  readonly server: NatsServer | undefined;
  /** One more connection, closed after the test. */
  connect(options?: ConnectOptions): Promise<Connection>;
  /** One raw request to the JetStream API; no error is thrown. */
  api(operation: string, body?: object): Promise<ApiAnswer>;
  /** Names of all streams that belong to a station's name, in order. */
  streamsOf(station: string): Promise<string[]>;
  /** Publishes to a partition and waits for the acknowledgement. */
  publish(station: string, partition: number, count?: number): Promise<void>;
}

interface ApiAnswer {
  readonly error?: { readonly err_code: number };
  readonly config?: Readonly<Record<string, unknown>>;
  readonly total?: number;
  readonly streams?: readonly string[];
}

/** One server for the file, at `BROKER_URL` or started for it, and a check that nothing stays open or goes unhandled. */
export function useBroker(options: StartNatsOptions = {}): Broker {
  const opened: Connection[] = [];
  let server: NatsServer | undefined;
  let bridge: SuiteBridge | undefined;
  let url = process.env["BROKER_URL"];
  let connection: Connection | undefined;
  failOnUnhandledRejections();
  beforeAll(async () => {
    if (url === undefined) {
      server = await startNats(options);
      url = server.url;
      bridge = await startSuiteBridge(url);
    }
    connection = await connect({ servers: url, ...suiteOptions });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    await connection?.close();
    await bridge?.close();
    if (server !== undefined) await expectNoClients(server);
    await server?.stop();
  });
  const required = (): Connection => {
    if (connection === undefined) throw new Error("the broker is there inside of tests only");
    return connection;
  };
  const api = async (operation: string, body?: object): Promise<ApiAnswer> => {
    const payload = body === undefined ? "" : JSON.stringify(body);
    const answer = await required().natsConnection.request(`$JS.API.${operation}`, payload, { timeout: 5_000 });
    return answer.json<ApiAnswer>();
  };
  return {
    get url() {
      return url ?? "";
    },
    get server() {
      return server;
    },
    get connection() {
      return required();
    },
    get admin() {
      return createStationAdmin(required());
    },
    async connect(connectOptions) {
      const one = await connect({ servers: url ?? "", ...suiteOptions, ...connectOptions });
      opened.push(one);
      return one;
    },
    api,
    async streamsOf(station) {
      const names: string[] = [];
      for (let offset = 0, total = 1; offset < total;) {
        const page = await api("STREAM.NAMES", { offset });
        names.push(...(page.streams ?? []));
        total = page.total ?? 0;
        offset = names.length;
      }
      return names.filter((name) => name.startsWith(`${station.replaceAll(".", "#")}$`)).sort();
    },
    async publish(station, partition, count = 1) {
      const subject = `${station.replaceAll(".", "#")}$${partition}.final`;
      for (let i = 0; i < count; i++) await required().natsConnection.request(subject, `message ${i}`);
    },
  };
}

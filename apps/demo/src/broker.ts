import { connect, type Connection, type ConnectOptions } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";

/** Which server to use: one that runs somewhere, or one of the demo's own. */
export type BrokerOptions =
  | { readonly type: "given"; readonly connect: ConnectOptions }
  | {
      readonly type: "embedded";
      /** undefined: `NATS_EMBEDDED_VERSION`, or any that is found. */
      readonly version: string | undefined;
      /** undefined: a temporary one. */
      readonly storeDir: string | undefined;
    };

/** A connection, and the server if it is the demo's own; disposing ends both. */
export interface Broker extends AsyncDisposable {
  readonly connection: Connection;
  readonly embedded: boolean;
  /** Such as `nats-server 2.15.1 at 127.0.0.1:4222, started for this run`. */
  readonly description: string;
}

export async function openBroker(options: BrokerOptions): Promise<Broker> {
  if (options.type === "given")
    return toBroker(await connect({ name: "stationkit demo", ...options.connect }), undefined);
  const { version, storeDir } = options;
  const server = await startNats({
    ...(version !== undefined && { version }),
    ...(storeDir !== undefined && { storeDir }),
  });
  try {
    return toBroker(await connect({ name: "stationkit demo", servers: server.url }), server);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function toBroker(connection: Connection, server: AsyncDisposable | undefined): Broker {
  const embedded = server !== undefined;
  const { version, address } = connection.server;
  return {
    connection,
    embedded,
    description: `nats-server ${version} at ${address}${embedded ? ", started for this run" : ""}`,
    [Symbol.asyncDispose]: async () => {
      await connection.close();
      await server?.[Symbol.asyncDispose]();
    },
  };
}

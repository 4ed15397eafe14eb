import { randomUUID } from "node:crypto";
import type { NatsConnection } from "@nats-io/nats-core";
import { toStationkitError } from "../errors/nats-error.js";
import { AuthenticationError } from "../errors/transport-errors.js";
import { type Connection, createConnection } from "./connection.js";
import {
  CONNECT_DEFAULTS,
  type ConnectOptions,
  resolveConnectOptions,
  type ResolvedConnectOptions,
} from "./options.js";
import { requireJetStream, requireServerVersion } from "./server-check.js";
import { dialTcp } from "./transport.js";

/**
 * Opens the one connection that producers, consumers and admins share.
 *
 * Resolves when the server has accepted the login, is new enough, and JetStream answers. Afterwards the connection heals
 * itself for ever, unless told otherwise; `connection.on("status", …)` tells what happens to it.
 * @param options.servers - `host:port` or URL, one or several, default `127.0.0.1:4222`; `host` and `port` in Memphis style.
 * @param options.connectTimeoutMs - milliseconds, integer ≥ 1, default 5,000, for the whole of connecting.
 * @throws {UsageError} for options that cannot be right; nothing was dialled.
 * @throws {ConnectionFailedError} when no server could be reached.
 * @throws {TlsError} when the handshake failed.
 * @throws {AuthenticationError} when the server refused the login.
 * @throws {ServerTooOldError} below nats-server 2.10.
 * @throws {JetStreamDisabledError} when the server, or this login's account, has no JetStream.
 * @example
 * const connection = await connect({ servers: "127.0.0.1:4222" });
 * connection.on("status", (status) => console.log(status.type));
 * await connection.close();
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  const resolved = resolveConnectOptions(options);
  const deadline = Date.now() + resolved.connectTimeoutMs;
  const id = randomUUID();
  const natsConnection = resolved.natsConnection ?? (await dial(resolved, id));
  const connection = createConnection({ id, username: usernameOf(resolved), natsConnection, options: resolved });
  try {
    requireServerVersion(natsConnection);
    await requireJetStream(connection, Math.max(deadline, Date.now() + 1_000));
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function dial(options: ResolvedConnectOptions, id: string): Promise<NatsConnection> {
  const logins = options.authentication.type === "password" ? options.authentication.logins : [undefined];
  let refusal: unknown;
  for (const login of logins) {
    try {
      return await dialTcp({ options, login, name: connectionName(options, id) });
    } catch (error) {
      const mapped = toStationkitError(error, { servers: options.servers.addresses });
      if (!(mapped instanceof AuthenticationError)) throw mapped;
      refusal ??= mapped;
    }
  }
  throw refusal;
}

/** A Memphis broker reads connection id and user out of the name. @see Memphis broker 1.4.4, memphis_handlers_connections.go:62-140 */
function connectionName(options: ResolvedConnectOptions, id: string): string {
  if (options.name !== undefined) return options.name;
  const username = usernameOf(options);
  return options.servers.memphisStyle && username !== undefined ? `${id}::${username}` : CONNECT_DEFAULTS.name;
}

function usernameOf(options: ResolvedConnectOptions): string | undefined {
  return options.authentication.type === "password" ? options.authentication.username : undefined;
}

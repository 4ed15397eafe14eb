import { randomUUID } from "node:crypto";
import { type Connection, createConnection } from "./connection.js";
import { dial, usernameOf } from "./dial.js";
import { type ConnectOptions, resolveConnectOptions } from "./options.js";
import { requireJetStream, requireServerVersion } from "./server-check.js";
import { closeNow } from "./close-now.js";

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
  const id = randomUUID();
  const { natsConnection, deadline } = resolved.natsConnection
    ? { natsConnection: resolved.natsConnection, deadline: Date.now() + resolved.connectTimeoutMs }
    : await dial(resolved, id);
  const connection = createConnection({ id, username: usernameOf(resolved), natsConnection, options: resolved });
  try {
    requireServerVersion(natsConnection);
    await requireJetStream(connection, deadline);
    // A brought connection that was just reconnecting knows its server only now.
    requireServerVersion(natsConnection);
    return connection;
  } catch (error) {
    // Not close() alone: its drain would wait closeTimeoutMs for a server that has stopped answering.
    if (resolved.natsConnection === undefined) await closeNow(natsConnection);
    await connection.close();
    throw error;
  }
}

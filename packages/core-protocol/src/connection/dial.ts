import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/nats-core";
import { DEFAULT_MEMPHIS_USERNAME } from "../control/application-identity.js";
import { encodeConnectionName } from "../control/connection-name.js";
import { toStationkitError } from "../errors/nats-error.js";
import { AuthenticationError, ConnectionFailedError } from "../errors/transport-errors.js";
import { CONNECT_DEFAULTS, type ResolvedConnectOptions } from "./options.js";
import { dialTcp } from "./transport.js";

/** What a dial resolves with. */
export interface Dialled {
  readonly natsConnection: NatsConnection;
  /** Point in time, in milliseconds, until which `connect()` may go on. */
  readonly deadline: number;
}

/** Makes the first connection. nats.js would wait for a first connect itself, but would then also never try a second login. */
export async function dial(options: ResolvedConnectOptions, id: string): Promise<Dialled> {
  for (;;) {
    const deadline = Date.now() + options.connectTimeoutMs;
    try {
      return { natsConnection: await tryLogins(options, id, deadline), deadline };
    } catch (error) {
      if (!options.waitOnFirstConnect || !(error instanceof ConnectionFailedError)) throw error;
    }
    await sleep(options.reconnectDelayMs);
  }
}

async function tryLogins(options: ResolvedConnectOptions, id: string, deadline: number): Promise<NatsConnection> {
  const logins = options.authentication.type === "password" ? options.authentication.logins : [undefined];
  const context = { servers: options.servers.addresses, timeoutMs: options.connectTimeoutMs };
  let refusal: unknown;
  for (const login of logins) {
    try {
      return await dialTcp({ options, login, name: connectionName(options, id), deadline });
    } catch (error) {
      const mapped = toStationkitError(error, context);
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
  if (options.controlPlane === "memphis") return encodeConnectionName(id, username ?? DEFAULT_MEMPHIS_USERNAME);
  return options.servers.memphisStyle && username !== undefined
    ? encodeConnectionName(id, username)
    : CONNECT_DEFAULTS.name;
}

/** Bare user name of the login. */
export function usernameOf(options: ResolvedConnectOptions): string | undefined {
  const { authentication } = options;
  return authentication.type === "password" || authentication.type === "token" ? authentication.username : undefined;
}

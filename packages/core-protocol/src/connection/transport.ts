import { readFile } from "node:fs/promises";
import {
  type Authenticator,
  credsAuthenticator,
  jwtAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "@nats-io/nats-core";
import { connect as connectTcp } from "@nats-io/transport-node";
import { UsageError } from "../errors/usage-errors.js";
import type { ResolvedAuthentication } from "./authentication.js";
import type { ResolvedConnectOptions } from "./options.js";

/** What one dial needs beyond the options. */
export interface DialRequest {
  readonly options: ResolvedConnectOptions;
  /** Which of the logins of a `password` authentication to try. */
  readonly login: string | undefined;
  /** Name that the server shows for this connection. */
  readonly name: string;
}

/**
 * Opens a TCP (or TLS) connection. The only file that knows which transport of nats.js is used: a WebSocket transport is a
 * second function of this signature, with `wsconnect` in the place of `connectTcp`.
 */
export async function dialTcp({ options, login, name }: DialRequest): Promise<NatsConnection> {
  const authenticator = await toAuthenticator(options.authentication, login);
  const tls = options.tls ?? (options.servers.tls ? {} : undefined);
  return connectTcp({
    servers: [...options.servers.addresses],
    name,
    timeout: options.connectTimeoutMs,
    waitOnFirstConnect: options.waitOnFirstConnect,
    reconnect: options.reconnect,
    maxReconnectAttempts: options.maxReconnectAttempts,
    reconnectTimeWait: options.reconnectDelayMs,
    // A login refused twice in a row ends a nats.js connection for good; while a server reloads its users that is too soon.
    ignoreAuthErrorAbort: true,
    pingInterval: options.pingIntervalMs,
    inboxPrefix: options.inboxPrefix,
    noAsyncTraces: true,
    ...(authenticator && { authenticator }),
    ...(tls && { tls: toNodeTls(tls) }),
  });
}

/**
 * Whether bytes written now would reach a socket. The status events of nats.js arrive some microtasks after the socket is
 * gone, and what is published in between sits in a buffer that the next dial throws away; this says so at once.
 * @returns true when the internals that tell it are not there: the status events then have to do.
 * @see nats-core 3.4.0 protocol.js, `connected` and `resetOutbound`
 */
export function isLive(natsConnection: NatsConnection): boolean {
  const { protocol } = natsConnection as { protocol?: { connected?: boolean } };
  return protocol?.connected ?? true;
}

async function toAuthenticator(
  authentication: ResolvedAuthentication,
  login: string | undefined,
): Promise<Authenticator | undefined> {
  const encoder = new TextEncoder();
  switch (authentication.type) {
    case "none":
      return undefined;
    case "password":
      return usernamePasswordAuthenticator(login ?? authentication.username, authentication.password);
    case "token":
      return tokenAuthenticator(authentication.token);
    case "nkey":
      return nkeyAuthenticator(encoder.encode(authentication.seed));
    case "jwt":
      return jwtAuthenticator(
        authentication.jwt,
        authentication.seed === undefined ? undefined : encoder.encode(authentication.seed),
      );
    case "creds":
      return credsAuthenticator(encoder.encode(authentication.creds));
    case "creds-file":
      return credsAuthenticator(await readCredentials(authentication.path));
    case "authenticator":
      return authentication.authenticator;
  }
}

async function readCredentials(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new UsageError(`credsFile cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** nats.js hands its `tls` object to Node's `tls.connect`, so Node's own names work beside its own. */
function toNodeTls(tls: NonNullable<ResolvedConnectOptions["tls"]>): object {
  const { serverName, ...rest } = tls;
  return serverName === undefined ? rest : { ...rest, servername: serverName };
}

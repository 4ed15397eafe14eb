import {
  type Authenticator,
  credsAuthenticator,
  jwtAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  type TlsOptions,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "@nats-io/nats-core";
import { connect as connectTcp } from "@nats-io/transport-node";
import type { ResolvedAuthentication } from "./authentication.js";
import { credsFileAuthenticator, readSecret } from "./credentials.js";
import { dialUntil } from "./dial-until.js";
import type { ResolvedConnectOptions } from "./options.js";

/** What one dial needs beyond the options. */
export interface DialRequest {
  readonly options: ResolvedConnectOptions;
  /** Which of the logins of a `password` authentication to try. */
  readonly login: string | undefined;
  /** Name that the server shows for this connection. */
  readonly name: string;
  /** Point in time, in milliseconds, at which the dial is given up. */
  readonly deadline: number;
}

/** What one of several servers gets of the time at least, so that a slow one is not given up for the sake of the others. */
const MINIMUM_SHARE_MS = 1_000;

/**
 * Opens a TCP (or TLS) connection. The only file that knows which transport of nats.js is used: a WebSocket transport is a
 * second function of this signature, with `wsconnect` in the place of `connectTcp`.
 */
export async function dialTcp({ options, login, name, deadline }: DialRequest): Promise<NatsConnection> {
  const { addresses } = options.servers;
  const total = options.connectTimeoutMs;
  const authenticator = await toAuthenticator(options.authentication, login);
  const tls = options.tls && (await toNodeTls(options.tls));
  const natsOptions = {
    servers: [...addresses],
    name,
    timeout: Math.min(total, Math.max(MINIMUM_SHARE_MS, Math.floor(total / addresses.length))),
    reconnect: options.reconnect,
    maxReconnectAttempts: options.maxReconnectAttempts,
    reconnectTimeWait: options.reconnectDelayMs,
    // A login refused twice in a row ends a nats.js connection for good; while a server reloads its users that is too soon.
    ignoreAuthErrorAbort: true,
    pingInterval: options.pingIntervalMs,
    inboxPrefix: options.inboxPrefix,
    noAsyncTraces: true,
    ...(authenticator && { authenticator }),
    ...(tls && { tls }),
  };
  return dialUntil({ addresses, deadline, totalMs: total }, (signal) =>
    connectTcp(tls?.handshakeFirst ? { ...natsOptions, tls: { ...tls, signal } as TlsOptions } : natsOptions),
  );
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
      return credsFileAuthenticator(authentication.path);
    case "authenticator":
      return authentication.authenticator;
  }
}

/** nats.js hands its `tls` object to Node's `tls.connect`, so Node's own names work beside its own. It reads files for every dial. */
async function toNodeTls(tls: NonNullable<ResolvedConnectOptions["tls"]>): Promise<TlsOptions> {
  for (const option of ["caFile", "certFile", "keyFile"] as const) {
    if (tls[option] !== undefined) await readSecret(`tls: ${option}`, tls[option]);
  }
  const { serverName, ...rest } = tls;
  return serverName === undefined ? rest : ({ ...rest, servername: serverName } as TlsOptions);
}

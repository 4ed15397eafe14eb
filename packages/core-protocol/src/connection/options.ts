import type { Authenticator, NatsConnection } from "@nats-io/nats-core";
import { UsageError } from "../errors/usage-errors.js";
import { type OptionType, requireDurationMs, requireInteger, requireKnownKeys, requireTypes } from "../validation.js";
import { type ControlPlaneOption, requireControlPlane } from "./control-plane.js";
import { type ResolvedAuthentication, resolveAuthentication } from "./authentication.js";
import { type ResolvedServers, resolveServers } from "./servers.js";
import { resolveTls, type TlsOptions } from "./tls.js";

/** Where to connect, as whom, and how to stay connected. NATS-style and Memphis-style names are both understood. */
export interface ConnectOptions {
  /** NATS style: `host:port` or URL (`nats://`, `tls://`), one or several. Default `127.0.0.1:4222`. Credentials in a URL are used. */
  readonly servers?: string | readonly string[];
  /** Memphis style: host name, with or without `http(s)://`. Not together with `servers`. */
  readonly host?: string;
  /** Memphis style: TCP port, default 6666. Alone it means this port on 127.0.0.1. */
  readonly port?: number;

  /** User name. Memphis style: the bare name; see `accountId`. */
  readonly username?: string;
  readonly password?: string;
  /** Memphis account. The login is tried as `username$accountId`, then as the bare name. Without it only the bare name is tried. */
  readonly accountId?: number;
  /** Memphis's word for `token`. */
  readonly connectionToken?: string;
  readonly token?: string;
  /** Seed of an nkey (`SU…`). */
  readonly nkeySeed?: string;
  /** Text of a credentials file (`.creds`), or its path in `credsFile`; the file is read again for every login. */
  readonly creds?: string;
  readonly credsFile?: string;
  /** User JWT, with `nkeySeed` for its signature (or without one for a bearer token). */
  readonly jwt?: string;
  /** Any authenticator of nats.js, for what the options above cannot say. */
  readonly authenticator?: Authenticator;

  /** `true` for the system's certificate authorities. Absent or false: TLS only where the server offers or demands it. */
  readonly tls?: boolean | TlsOptions;
  /** Memphis style, paths of PEM files; short for `tls: { certFile, keyFile, caFile }`. */
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;

  /** Name of the connection on the server, for its operators. Default `stationkit`, or `<id>::<username>` in Memphis style. */
  readonly name?: string;
  /**
   * Milliseconds until `connect()` has succeeded or failed, default 5,000; several servers share them, with at least a second each
   * as far as that goes. A later reconnect gives each server the same share. Memphis's `timeoutMs` is the same.
   */
  readonly connectTimeoutMs?: number;
  readonly timeoutMs?: number;
  /** Keep trying as long as no server can be reached, instead of throwing; a refused login still throws. Default false. */
  readonly waitOnFirstConnect?: boolean;
  /** Default true. */
  readonly reconnect?: boolean;
  /** Tries per server; -1 (default) is endless. Memphis's `maxReconnect` is the same. */
  readonly maxReconnectAttempts?: number;
  readonly maxReconnect?: number;
  /** Milliseconds between two tries at one server, default 500. Memphis's `reconnectIntervalMs` is the same. */
  readonly reconnectDelayMs?: number;
  readonly reconnectIntervalMs?: number;
  /** Milliseconds between pings, default 10,000; two unanswered ones end a silent connection. */
  readonly pingIntervalMs?: number;
  /** Milliseconds for a request to the broker (not for messages), default 5,000. */
  readonly requestTimeoutMs?: number;
  /** Milliseconds that `close()` waits for producers and the socket, default 30,000. */
  readonly closeTimeoutMs?: number;
  /** Prefix of reply subjects, default `_INBOX`. Set it where permissions demand one. */
  readonly inboxPrefix?: string;
  /** JetStream domain; not together with `apiPrefix`. */
  readonly domain?: string;
  /** Subject prefix of the JetStream API, default `$JS.API`. */
  readonly apiPrefix?: string;

  /**
   * Who makes stations and registers producers and consumers: `jetstream`, a `memphis` broker, or `auto` (default): found out by
   * the first who needs to know, at most by one question that changes nothing. Tenants of a Memphis broker other than its main
   * account have to say `memphis`.
   */
  readonly controlPlane?: ControlPlaneOption;

  /** A connection of nats.js that the caller owns: `close()` then leaves it open. Not together with options about servers or login. */
  readonly natsConnection?: NatsConnection;
}

const defaults = {
  name: "stationkit",
  connectTimeoutMs: 5_000,
  waitOnFirstConnect: false,
  reconnect: true,
  maxReconnectAttempts: -1,
  reconnectDelayMs: 500,
  pingIntervalMs: 10_000,
  requestTimeoutMs: 5_000,
  closeTimeoutMs: 30_000,
  inboxPrefix: "_INBOX",
  apiPrefix: "$JS.API",
  controlPlane: "auto",
} as const;

/** Everything that has a default, with its value. */
export const CONNECT_DEFAULTS: typeof defaults = Object.freeze(defaults);

/** `ConnectOptions` after checks: aliases folded, defaults filled in. */
export interface ResolvedConnectOptions {
  readonly servers: ResolvedServers;
  readonly authentication: ResolvedAuthentication;
  readonly tls: TlsOptions | undefined;
  readonly name: string | undefined;
  readonly connectTimeoutMs: number;
  readonly waitOnFirstConnect: boolean;
  readonly reconnect: boolean;
  readonly maxReconnectAttempts: number;
  readonly reconnectDelayMs: number;
  readonly pingIntervalMs: number;
  readonly requestTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly inboxPrefix: string;
  readonly apiPrefix: string;
  readonly controlPlane: ControlPlaneOption;
  readonly natsConnection: NatsConnection | undefined;
}

const TYPES = {
  ...({ servers: "any", host: "text", port: "number", username: "text", password: "string" } as const),
  ...({ accountId: "number", connectionToken: "text", token: "text", nkeySeed: "text", creds: "text" } as const),
  ...({ credsFile: "text", jwt: "text", authenticator: "function", tls: "any", name: "text" } as const),
  ...({ certFile: "string", keyFile: "string", caFile: "string" } as const),
  ...({
    connectTimeoutMs: "number",
    timeoutMs: "number",
    requestTimeoutMs: "number",
    closeTimeoutMs: "number",
  } as const),
  ...({ waitOnFirstConnect: "boolean", reconnect: "boolean", pingIntervalMs: "number" } as const),
  ...({ maxReconnectAttempts: "number", maxReconnect: "number" } as const),
  ...({ reconnectDelayMs: "number", reconnectIntervalMs: "number" } as const),
  ...({ inboxPrefix: "text", domain: "text", apiPrefix: "text", controlPlane: "text" } as const),
  ...({ natsConnection: "object" } as const),
} satisfies Record<keyof ConnectOptions, OptionType>;

const KEYS: ReadonlySet<string> = new Set(Object.keys(TYPES));

/** Options that the owner of a brought connection has already decided. */
const DECIDED_BY_OWNER = [
  ...["servers", "host", "port", "username", "password", "accountId", "connectionToken", "token", "nkeySeed", "creds"],
  ...["credsFile", "jwt", "authenticator", "tls", "certFile", "keyFile", "caFile", "name", "waitOnFirstConnect"],
  ...["reconnect", "maxReconnectAttempts", "maxReconnect", "reconnectDelayMs", "reconnectIntervalMs", "pingIntervalMs"],
] as (keyof ConnectOptions)[];

/**
 * Checks options and fills in defaults, before any I/O.
 * @throws {UsageError} for unknown names, numbers out of range, and options that contradict each other.
 */
export function resolveConnectOptions(options: ConnectOptions): ResolvedConnectOptions {
  requireKnownKeys("connect", options, KEYS);
  requireTypes(options, TYPES);
  refuseOwnersOptions(options);
  const servers = resolveServers(options);
  if (servers.tls && options.tls === false) throw new UsageError("tls: false contradicts a tls:// server");
  return {
    servers,
    authentication: resolveAuthentication(options),
    tls: resolveTls(options) ?? (servers.tls ? {} : undefined),
    name: options.name,
    waitOnFirstConnect: options.waitOnFirstConnect ?? CONNECT_DEFAULTS.waitOnFirstConnect,
    reconnect: options.reconnect ?? CONNECT_DEFAULTS.reconnect,
    maxReconnectAttempts: requireInteger(
      "maxReconnectAttempts",
      alias(options, "maxReconnectAttempts", "maxReconnect") ?? CONNECT_DEFAULTS.maxReconnectAttempts,
      { min: -1 },
    ),
    connectTimeoutMs: duration(options, "connectTimeoutMs", "timeoutMs"),
    reconnectDelayMs: duration(options, "reconnectDelayMs", "reconnectIntervalMs"),
    pingIntervalMs: duration(options, "pingIntervalMs"),
    requestTimeoutMs: duration(options, "requestTimeoutMs"),
    closeTimeoutMs: duration(options, "closeTimeoutMs"),
    inboxPrefix: requireSubjectPrefix("inboxPrefix", options.inboxPrefix ?? CONNECT_DEFAULTS.inboxPrefix),
    apiPrefix: resolveApiPrefix(options),
    controlPlane: requireControlPlane(options.controlPlane ?? CONNECT_DEFAULTS.controlPlane),
    natsConnection: options.natsConnection,
  };
}

function refuseOwnersOptions(options: ConnectOptions): void {
  if (options.natsConnection === undefined) return;
  const decided = DECIDED_BY_OWNER.filter((key) => options[key] !== undefined);
  if (decided.length > 0) throw new UsageError(`natsConnection is already connected: leave out ${decided.join(", ")}`);
}

type MsKey = "connectTimeoutMs" | "reconnectDelayMs" | "pingIntervalMs" | "requestTimeoutMs" | "closeTimeoutMs";

function duration(options: ConnectOptions, key: MsKey, memphisKey?: "timeoutMs" | "reconnectIntervalMs"): number {
  const value = memphisKey === undefined ? options[key] : alias(options, key, memphisKey);
  return requireDurationMs(key, value ?? CONNECT_DEFAULTS[key]);
}

function alias<K extends keyof ConnectOptions>(options: ConnectOptions, key: K, other: K): ConnectOptions[K] {
  if (options[key] !== undefined && options[other] !== undefined)
    throw new UsageError(`${key} and ${other} are the same option`);
  return options[key] ?? options[other];
}

function resolveApiPrefix(options: ConnectOptions): string {
  if (options.domain === undefined)
    return requireSubjectPrefix("apiPrefix", options.apiPrefix ?? CONNECT_DEFAULTS.apiPrefix);
  if (options.apiPrefix !== undefined) throw new UsageError("domain and apiPrefix exclude each other");
  return `$JS.${requireSubjectPrefix("domain", options.domain)}.API`;
}

function requireSubjectPrefix(key: string, value: string): string {
  const token = "[!-)+,\\-/-=?-~]+";
  if (new RegExp(`^${token}(\\.${token})*$`).test(value)) return value;
  const what = "one or more subject tokens of printable ASCII without wildcards";
  throw new UsageError(`${key} must be ${what}, not ${JSON.stringify(value)}`);
}

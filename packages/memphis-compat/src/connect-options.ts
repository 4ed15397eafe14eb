import {
  type ConnectOptions as NativeOptions,
  type ControlPlaneOption,
  UsageError,
  requireKnownKeys,
} from "@stationkit/core-protocol";

/** Where to connect and as whom: memphis-dev's names, defaults and units. */
export interface ConnectOptions {
  /** Host name, with or without `http(s)://`. */
  readonly host: string;
  /** Default 6666. */
  readonly port?: number | undefined;
  readonly username: string;
  /** Account of the user, default 1. Servers that know no accounts are tried with the bare name. */
  readonly accountId?: number | undefined;
  /** Instead of a password, where the broker is set up for it. */
  readonly connectionToken?: string | undefined;
  readonly password?: string | undefined;
  /** Default true. */
  readonly reconnect?: boolean | undefined;
  /** Tries to reconnect, default -1: endless. memphis-dev makes 9 of anything above; here it is what you say. */
  readonly maxReconnect?: number | undefined;
  /** Milliseconds, default 1,500. */
  readonly reconnectIntervalMs?: number | undefined;
  /** Milliseconds for connecting as a whole, default 2,000. */
  readonly timeoutMs?: number | undefined;
  /** Paths of PEM files. The key and the certificate go together; the authority may stand alone. */
  readonly keyFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly caFile?: string | undefined;
  /** Not in memphis-dev; see core-protocol. Default `auto`. Tenants of a Memphis broker other than its main account say `memphis`. */
  readonly controlPlane?: ControlPlaneOption | undefined;
  /** Keeps this package from writing to the console, default false. */
  readonly suppressLogs?: boolean | undefined;
}

const defaults = {
  port: 6666,
  accountId: 1,
  reconnect: true,
  maxReconnect: -1,
  reconnectIntervalMs: 1_500,
  timeoutMs: 2_000,
  suppressLogs: false,
  controlPlane: "auto",
} as const;

/** What `connect` takes where nothing is said. @see memphis.js 1.3.2, memphis.ts `connect()` */
export const CONNECT_DEFAULTS: typeof defaults = Object.freeze(defaults);

const KEYS: ReadonlySet<string> = new Set([
  ...["host", "username", "connectionToken", "password", "keyFile", "certFile", "caFile"],
  ...Object.keys(CONNECT_DEFAULTS),
]);

/** Checked, with the defaults filled in. */
export interface ResolvedConnectOptions {
  readonly port: number;
  readonly accountId: number;
  readonly suppressLogs: boolean;
  readonly native: NativeOptions;
}

/** @throws {UsageError} for unknown names, and for two ways to log in, or none. The rest is checked by core-protocol. */
export function resolveConnectOptions(options: ConnectOptions): ResolvedConnectOptions {
  requireKnownKeys("connect", options, KEYS);
  if (typeof options.host !== "string" || options.host === "") throw new UsageError("connect: host is missing");
  const password = given(options.password);
  const connectionToken = given(options.connectionToken);
  const certFile = given(options.certFile);
  const keyFile = given(options.keyFile);
  const caFile = given(options.caFile);
  if (password !== undefined && connectionToken !== undefined) {
    throw new UsageError("connect: give password or connectionToken, not both");
  }
  if (password === undefined && connectionToken === undefined && certFile === undefined) {
    throw new UsageError("connect: password, connectionToken or a client certificate is missing");
  }
  const port = readNumber(options.port ?? CONNECT_DEFAULTS.port);
  const accountId = readNumber(options.accountId ?? CONNECT_DEFAULTS.accountId);
  return {
    port,
    accountId,
    suppressLogs: options.suppressLogs ?? CONNECT_DEFAULTS.suppressLogs,
    native: {
      host: options.host,
      port,
      username: options.username,
      ...(password !== undefined && { password, accountId }),
      ...(connectionToken !== undefined && { connectionToken }),
      ...(certFile !== undefined && { certFile }),
      ...(keyFile !== undefined && { keyFile }),
      ...(caFile !== undefined && { caFile }),
      reconnect: options.reconnect ?? CONNECT_DEFAULTS.reconnect,
      maxReconnect: options.maxReconnect ?? CONNECT_DEFAULTS.maxReconnect,
      reconnectIntervalMs: options.reconnectIntervalMs ?? CONNECT_DEFAULTS.reconnectIntervalMs,
      timeoutMs: options.timeoutMs ?? CONNECT_DEFAULTS.timeoutMs,
      controlPlane: options.controlPlane ?? CONNECT_DEFAULTS.controlPlane,
    },
  };
}

/** memphis-dev's own defaults are empty strings, and its users pass them on. */
function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

/** memphis-dev takes them as text, and its examples have the account so; a port comes from the environment that way. */
function readNumber(value: unknown): number {
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : (value as number);
}

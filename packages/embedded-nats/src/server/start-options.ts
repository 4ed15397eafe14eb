import { resolve } from "node:path";
import { DEFAULT_DOWNLOAD_TIMEOUT_MS, type FindBinaryOptions } from "../binary/find-binary.js";
import { InvalidOptionsError } from "../errors.js";
import type { ConfigObject, ConfigValue } from "./config-text.js";
import { checkConfig } from "./owned-config-keys.js";

/** Limits and behaviour of JetStream; what is left out is nats-server's own default. */
export interface JetStreamOptions {
  /** Bytes of memory storage, integer ≥ 0 (`max_memory_store`). */
  readonly maxMemoryBytes?: number;
  /** Bytes of file storage, integer ≥ 0 (`max_file_store`). */
  readonly maxFileBytes?: number;
  /** Milliseconds between two fsyncs of a stream's file, integer ≥ 1, or `always`: before every acknowledgement (`sync_interval`). */
  readonly syncIntervalMs?: number | "always";
  /** JetStream domain (`domain`). */
  readonly domain?: string;
}

/** How a server is to be started; what one node and a cluster have in common. */
export interface CommonStartOptions extends FindBinaryOptions {
  /** Whether JetStream is on, and its limits; default true. */
  readonly jetstream?: boolean | JetStreamOptions;
  /**
   * Directory of the JetStream store, made when missing, never removed. Default: a temporary one, removed by `stop()` and when this
   * process ends.
   */
  readonly storeDir?: string;
  /** Keeps the temporary store after `stop()`; default false, and always true with `storeDir`. */
  readonly persistent?: boolean;
  /** Merged into the generated configuration, with nats-server's own key names. */
  readonly config?: ConfigObject;
  /** Appended to the configuration as it is, in nats-server's own language. A top-level key given here replaces the generated one. */
  readonly configText?: string;
  /** Milliseconds until a server must be ready, without the time to fetch one; integer ≥ 1, default 20_000. */
  readonly startTimeoutMs?: number;
  /** Milliseconds that a server gets between SIGTERM and SIGKILL; integer ≥ 1, default 5_000. */
  readonly stopTimeoutMs?: number;
}

/** Options of {@link startNats}; all of them have a default. */
export interface StartNatsOptions extends CommonStartOptions {
  /** `server_name`; default `embedded`. */
  readonly name?: string;
  /** Port for clients on 127.0.0.1; integer 1..65535, or -1 (the default): one that is free. */
  readonly port?: number;
}

/** Options of {@link startCluster}; all of them have a default. */
export interface StartClusterOptions extends CommonStartOptions {
  /** How many servers; integer 2..9, default 3. Each runs on this machine, about 50 MB of memory each. */
  readonly size?: number;
  /** Name of the cluster; default `embedded`. */
  readonly name?: string;
}

/** What holds where an option is left out. */
export const DEFAULTS: Readonly<{
  port: number;
  name: string;
  size: number;
  jetstream: boolean;
  persistent: boolean;
  download: boolean;
  downloadTimeoutMs: number;
  startTimeoutMs: number;
  stopTimeoutMs: number;
}> = Object.freeze({
  port: -1,
  name: "embedded",
  size: 3,
  jetstream: true,
  persistent: false,
  download: true,
  downloadTimeoutMs: DEFAULT_DOWNLOAD_TIMEOUT_MS,
  startTimeoutMs: 20_000,
  stopTimeoutMs: 5_000,
});

/** The options that every node needs, checked and with defaults. */
export interface ResolvedStartOptions {
  readonly name: string;
  readonly port: number;
  readonly size: number;
  readonly jetstream: ConfigObject | undefined;
  readonly storeDir: string | undefined;
  readonly persistent: boolean;
  readonly config: ConfigObject;
  readonly configText: string;
  readonly startTimeoutMs: number;
  readonly stopTimeoutMs: number;
  readonly find: FindBinaryOptions;
}

const commonKeys = [
  ...[
    "binary",
    "version",
    "download",
    "downloadTimeoutMs",
    "jetstream",
    "storeDir",
    "persistent",
    "config",
    "configText",
  ],
  ...["startTimeoutMs", "stopTimeoutMs", "name"],
];

/** Checks everything before anything is started. */
export function resolveStartOptions(
  options: StartNatsOptions & StartClusterOptions,
  kind: "server" | "cluster",
): ResolvedStartOptions {
  const known = new Set([...commonKeys, kind === "server" ? "port" : "size"]);
  for (const key of Object.keys(options)) {
    if (!known.has(key))
      throw new InvalidOptionsError(key, `unknown option; known are ${[...known].sort().join(", ")}`);
  }
  const port = options.port ?? DEFAULTS.port;
  if (port !== -1) requireInteger("port", port, 1, 65_535);
  const size = options.size ?? DEFAULTS.size;
  requireInteger("size", size, 2, 9);
  const { storeDir } = options;
  if (storeDir !== undefined && options.persistent === false) {
    throw new InvalidOptionsError(
      "persistent",
      "false contradicts storeDir: a directory that was given is never removed",
    );
  }
  const find: { -readonly [K in keyof FindBinaryOptions]: FindBinaryOptions[K] } = {};
  if (options.binary !== undefined) find.binary = requireText("binary", options.binary);
  if (options.version !== undefined) find.version = requireText("version", options.version);
  if (options.download !== undefined) find.download = requireBoolean("download", options.download);
  find.downloadTimeoutMs = requireDuration(
    "downloadTimeoutMs",
    options.downloadTimeoutMs ?? DEFAULTS.downloadTimeoutMs,
  );
  return {
    name: requireText("name", options.name ?? DEFAULTS.name),
    port,
    size,
    jetstream: resolveJetStream(options.jetstream ?? DEFAULTS.jetstream),
    storeDir: storeDir === undefined ? undefined : resolve(requireText("storeDir", storeDir)),
    persistent: storeDir !== undefined || requireBoolean("persistent", options.persistent ?? DEFAULTS.persistent),
    config: checkConfig(options.config ?? {}),
    configText: options.configText ?? "",
    startTimeoutMs: requireDuration("startTimeoutMs", options.startTimeoutMs ?? DEFAULTS.startTimeoutMs),
    stopTimeoutMs: requireDuration("stopTimeoutMs", options.stopTimeoutMs ?? DEFAULTS.stopTimeoutMs),
    find,
  };
}

function resolveJetStream(options: boolean | JetStreamOptions): ConfigObject | undefined {
  if (options === false) return undefined;
  const block: Record<string, ConfigValue> = {};
  for (const [key, value] of Object.entries(options === true ? {} : options) as [keyof JetStreamOptions, never][]) {
    const name = `jetstream.${key}`;
    switch (key) {
      case "maxMemoryBytes":
        block["max_memory_store"] = requireInteger(name, value, 0, Number.MAX_SAFE_INTEGER);
        break;
      case "maxFileBytes":
        block["max_file_store"] = requireInteger(name, value, 0, Number.MAX_SAFE_INTEGER);
        break;
      case "syncIntervalMs":
        block["sync_interval"] = value === "always" ? value : `${requireDuration(name, value)}ms`;
        break;
      case "domain":
        block["domain"] = requireText(name, value);
        break;
      default:
        throw new InvalidOptionsError(name, "unknown option");
    }
  }
  return block;
}

/** An integer of milliseconds that a timer can take. */
export function requireDuration(option: string, value: unknown): number {
  // The longest that a timer of Node takes.
  return requireInteger(option, value, 1, 2_147_483_647);
}

function requireInteger(option: string, value: unknown, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new InvalidOptionsError(option, `expected an integer ${min}..${max}, got ${String(value)}`);
}

function requireText(option: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new InvalidOptionsError(option, "expected a text that is not empty");
}

function requireBoolean(option: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new InvalidOptionsError(option, `expected true or false, got ${String(value)}`);
}

import { resolve } from "node:path";
import type { ConnectOptions } from "@stationkit/core-protocol";
import type { Partitioner } from "@stationkit/partitioner";
import type { NewStationOptions } from "@stationkit/producer";
import type { BrokerOptions } from "../broker.js";
import { type Format, formatOf } from "../input/format.js";
import { JobError } from "../job-error.js";
import type { ProduceMode } from "../produce/produce-run.js";
import type { Arguments } from "./arguments.js";
import { createPartitioner } from "./partitioners.js";
import { DEFAULT_STATION } from "./program.js";

/** What an import is to do. */
export interface ImportOptions {
  /** Path, or `-` for stdin. */
  readonly input: string;
  readonly format: Format;
  readonly key: string | undefined;
  readonly limit: number;
  readonly skipBad: boolean;
  /** undefined: the server's maximum payload. */
  readonly maxLineBytes: number | undefined;
  readonly stationName: string;
  /** What was asked for; an existing station may have other settings. */
  readonly station: NewStationOptions;
  readonly partitioner: Partitioner;
  readonly mode: ProduceMode;
  readonly inFlight: number | undefined;
  readonly verify: boolean;
  readonly broker: BrokerOptions;
}

/** What the tour is to do. */
export interface TourOptions {
  readonly broker: BrokerOptions;
  readonly inFlight: number | undefined;
  readonly verify: boolean;
}

/** Options that say nothing without an input. */
const NEEDS_INPUT = [
  ...[
    "format",
    "key",
    "limit",
    "skipBad",
    "maxLineBytes",
    "station",
    "partitions",
    "storage",
    "replicas",
    "maxAgeMs",
    "partitioner",
    "sync",
  ],
] as (keyof Arguments)[];

/** Options about a server that runs already. */
const NEEDS_SERVER = ["user", "password", "token", "creds", "tlsCa", "tlsCert", "tlsKey"] as const;

/** Options about a server that is started. */
const NEEDS_NO_SERVER = ["natsVersion", "storeDir"] as const;

/** @throws {JobError} for options that contradict each other. */
export function toTourOptions(given: Arguments): TourOptions {
  const lost = NEEDS_INPUT.filter((name) => given[name] !== undefined);
  if (lost.length > 0) throw new JobError(`${flags(lost)} only means something together with --input`);
  return { broker: toBroker(given), inFlight: given.inFlight, verify: given.verify };
}

/** @throws {JobError} for options that contradict each other. */
export function toImportOptions(given: Arguments, input: string): ImportOptions {
  const format = given.format ?? formatOf(input);
  if (format === "lines" && given.key !== undefined) {
    throw new JobError("--key needs records with fields: with --format lines a record is just its bytes");
  }
  return {
    input: input === "-" ? input : userPath(input),
    format,
    key: given.key,
    limit: given.limit ?? Number.POSITIVE_INFINITY,
    skipBad: given.skipBad ?? false,
    maxLineBytes: given.maxLineBytes,
    stationName: given.station ?? DEFAULT_STATION,
    station: toStation(given),
    partitioner: createPartitioner(given.partitioner ?? "memphis"),
    mode: given.sync ? "sync" : "async",
    inFlight: given.inFlight,
    verify: given.verify,
    broker: toBroker(given),
  };
}

function toStation({ partitions, storage, replicas, maxAgeMs }: Arguments): NewStationOptions {
  return {
    ...(partitions !== undefined && { partitions }),
    ...(storage !== undefined && { storage }),
    ...(replicas !== undefined && { replicas }),
    ...(maxAgeMs !== undefined && { retention: { type: "age", maxAgeMs } }),
  };
}

function toBroker(given: Arguments): BrokerOptions {
  if (given.server !== undefined) {
    refuse(given, NEEDS_NO_SERVER, "is about a server that is started here, and --server names one that runs");
    return { type: "given", connect: toConnect(given, given.server) };
  }
  refuse(given, NEEDS_SERVER, "is about a server that runs already: name it with --server");
  return { type: "embedded", version: given.natsVersion, storeDir: given.storeDir && userPath(given.storeDir) };
}

function toConnect(given: Arguments, servers: readonly string[]): ConnectOptions {
  const { user, creds, tlsCa, tlsCert, tlsKey } = given;
  const password = given.password ?? (user === undefined ? undefined : process.env["NATS_PASSWORD"]);
  const token = given.token ?? (user === undefined && creds === undefined ? process.env["NATS_TOKEN"] : undefined);
  const tls = {
    ...(tlsCa !== undefined && { caFile: userPath(tlsCa) }),
    ...(tlsCert !== undefined && { certFile: userPath(tlsCert) }),
    ...(tlsKey !== undefined && { keyFile: userPath(tlsKey) }),
  };
  return {
    servers,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    ...(token !== undefined && { token }),
    ...(creds !== undefined && { credsFile: userPath(creds) }),
    ...(Object.keys(tls).length > 0 && { tls }),
  };
}

function refuse(given: Arguments, names: readonly (keyof Arguments)[], reason: string): void {
  const lost = names.filter((name) => given[name] !== undefined);
  if (lost.length > 0) throw new JobError(`${flags(lost)} ${reason}`);
}

function flags(names: readonly string[]): string {
  return names.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`).join(", ");
}

/** npm runs scripts in the package's root, wherever the user stands: paths mean the latter. */
function userPath(path: string): string {
  const base = process.env["npm_lifecycle_event"] === "start" ? process.env["INIT_CWD"] : undefined;
  return base === undefined ? path : resolve(base, path);
}

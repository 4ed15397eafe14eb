import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { createDebugLog } from "../debug-log.js";
import { readEnvironment } from "../environment.js";
import { BinaryNotFoundError, type BinaryAttempt } from "../errors.js";
import type { BinarySearch, FoundBinary } from "./binary-search.js";
import { findCached } from "./cache.js";
import { fetchBinary } from "./fetch-binary.js";
import { NEWEST_RELEASE } from "./known-releases.js";
import { currentPlatform } from "./platform.js";
import { probeBinary } from "./probe-binary.js";
import {
  compareVersions,
  describeWish,
  formatVersion,
  MINIMUM_VERSION,
  parseVersionWish,
  satisfies,
  type Version,
} from "./version.js";

/** Which nats-server is wanted; every key has an environment variable that stands behind it. */
export interface FindBinaryOptions {
  /** Path of an executable. It is used or the call fails; no other place is looked at. Variable: NATS_EMBEDDED_BINARY. */
  readonly binary?: string;
  /** Exact version (`2.15.1`) or line (`2.10`); default: any from 2.10.0 on. Variable: NATS_EMBEDDED_VERSION. */
  readonly version?: string;
  /** Whether one may be fetched when none is found, default true. Variable: NATS_EMBEDDED_DOWNLOAD. */
  readonly download?: boolean;
  /** Milliseconds for fetching one, waiting for another process that does so included; integer ≥ 1, default 180_000. */
  readonly downloadTimeoutMs?: number;
}

/** Milliseconds that fetching a binary may take when the caller says nothing. */
export const DEFAULT_DOWNLOAD_TIMEOUT_MS = 180_000;

/**
 * Finds a nats-server, or fetches one into the cache: option, NATS_EMBEDDED_BINARY, PATH, cache, official release, Debian archive.
 * Concurrent calls, also of several processes: one download, the others wait for it.
 * @throws {BinaryNotFoundError} nothing usable; `attempts` says where was looked and why each place failed.
 * @throws {ChecksumMismatchError} a fetched release is not the published one.
 * @throws {InvalidOptionsError} an option or variable that makes no sense.
 * @example const { path, version } = await findBinary({ version: "2.10" });
 */
export async function findBinary(options: FindBinaryOptions = {}): Promise<FoundBinary> {
  const environment = readEnvironment();
  const wish =
    options.version === undefined
      ? parseVersionWish(environment.version, "NATS_EMBEDDED_VERSION")
      : parseVersionWish(options.version, "version");
  const search: BinarySearch = {
    wish,
    platform: currentPlatform(),
    environment,
    downloadTimeoutMs: options.downloadTimeoutMs ?? DEFAULT_DOWNLOAD_TIMEOUT_MS,
    debug: createDebugLog(environment.debug),
  };
  if (options.binary !== undefined) return takeGiven(options.binary, "option", search);
  if (environment.binary !== undefined) return takeGiven(environment.binary, "environment", search);

  const attempts: BinaryAttempt[] = [];
  const found = (await searchPath(search, attempts)) ?? (await searchCache(search, attempts));
  if (found !== undefined) return found;
  const switchedBy = options.download === undefined ? "NATS_EMBEDDED_DOWNLOAD" : "the option download";
  const mayDownload = options.download ?? environment.download ?? true;
  if (!mayDownload) {
    attempts.push({ source: "download", reason: `turned off by ${switchedBy}` });
    throw new BinaryNotFoundError(describeWish(wish), attempts);
  }
  return fetchBinary(search, attempts, () => searchCache(search, []));
}

async function takeGiven(given: string, source: "option" | "environment", search: BinarySearch): Promise<FoundBinary> {
  const path = resolve(given);
  const result = await probeBinary(path);
  const where = source === "option" ? `option binary (${given})` : `NATS_EMBEDDED_BINARY (${given})`;
  if ("problem" in result) {
    throw new BinaryNotFoundError(describeWish(search.wish), [{ source: where, reason: result.problem }]);
  }
  if (!satisfies(result.version, search.wish)) {
    throw new BinaryNotFoundError(describeWish(search.wish), [{ source: where, reason: unfit(result.version) }]);
  }
  return found(path, result.version, source, search);
}

async function searchPath(search: BinarySearch, attempts: BinaryAttempt[]): Promise<FoundBinary | undefined> {
  const paths = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((directory) => directory !== "")
    .map((directory) => join(directory, search.platform.executable))
    .filter((path) => existsSync(path));
  if (paths.length === 0)
    attempts.push({ source: "PATH", reason: `no ${search.platform.executable} in any directory` });
  for (const path of paths) {
    const result = await probeBinary(path);
    if ("problem" in result) attempts.push({ source: "PATH", reason: result.problem });
    else if (satisfies(result.version, search.wish)) return found(path, result.version, "PATH", search);
    else attempts.push({ source: "PATH", reason: `${path} ${unfit(result.version)}` });
  }
  return undefined;
}

async function searchCache(search: BinarySearch, attempts: BinaryAttempt[]): Promise<FoundBinary | undefined> {
  const root = search.environment.downloadDir;
  const entry = await findCached(root, search.platform, search.wish, NEWEST_RELEASE);
  if (entry === undefined) {
    attempts.push({ source: "cache", reason: `none in ${root}` });
    return undefined;
  }
  // A cache may be shared with a machine whose C library is another one; then the file is there and does not run.
  const result = await probeBinary(entry.path);
  if ("problem" in result) {
    attempts.push({ source: "cache", reason: result.problem });
    return undefined;
  }
  return found(entry.path, result.version, "cache", search);
}

function unfit(version: Version): string {
  const tooOld = compareVersions(version, MINIMUM_VERSION) < 0;
  return `is ${formatVersion(version)}${tooOld ? `, older than ${formatVersion(MINIMUM_VERSION)}` : ""}`;
}

function found(path: string, version: Version, source: FoundBinary["source"], search: BinarySearch): FoundBinary {
  search.debug(`nats-server ${formatVersion(version)} from ${source}: ${path}`);
  return { path, version: formatVersion(version), source };
}

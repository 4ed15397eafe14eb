import { randomBytes } from "node:crypto";
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Platform } from "./platform.js";
import {
  compareVersions,
  formatVersion,
  satisfies,
  tryParseVersion,
  type Version,
  type VersionWish,
} from "./version.js";

/** A cached executable. */
export interface CacheEntry {
  readonly path: string;
  readonly version: Version;
}

/** What `install.json` beside a cached executable says. */
interface InstallRecord {
  readonly origin: string;
  /** Whether this is what the search brought when no version was asked for. */
  readonly newest: boolean;
}

const recordName = "install.json";

/** The place of one version: `<root>/<version>/<os>-<arch>`. */
function cacheDirectory(root: string, version: Version, platform: Platform): string {
  return join(root, formatVersion(version), platform.id);
}

/**
 * The newest cached version that fits. Without a wish only `newestKnown` or later counts, or what an earlier search without a wish
 * ended with: otherwise a 2.10 fetched for one test would from then on be everybody's server.
 */
export async function findCached(
  root: string,
  platform: Platform,
  wish: VersionWish,
  newestKnown: Version,
): Promise<CacheEntry | undefined> {
  const names = await readdir(root).catch((): string[] => []);
  const versions = names
    .map((name) => tryParseVersion(name))
    .filter((version) => version !== undefined)
    .filter((version) => satisfies(version, wish))
    .sort((a, b) => compareVersions(b, a));
  for (const version of versions) {
    const directory = cacheDirectory(root, version, platform);
    if (!(await readdir(directory).catch((): string[] => [])).includes(platform.executable)) continue;
    if (wish.kind === "any" && compareVersions(version, newestKnown) < 0) {
      if ((await readRecord(directory))?.newest !== true) continue;
    }
    return { path: join(directory, platform.executable), version };
  }
  return undefined;
}

/** Puts an executable into the cache: copied to a temporary name, then renamed, so that nobody ever sees half a file. */
export async function addToCache(
  root: string,
  platform: Platform,
  binary: { path: string; version: Version; origin: string; wish: VersionWish },
): Promise<CacheEntry> {
  const directory = cacheDirectory(root, binary.version, platform);
  await mkdir(directory, { recursive: true });
  const temporary = join(directory, `.${platform.executable}.${process.pid}.${randomBytes(4).toString("hex")}`);
  const path = join(directory, platform.executable);
  const record: InstallRecord = {
    origin: binary.origin,
    newest: binary.wish.kind === "any" || (await readRecord(directory))?.newest === true,
  };
  try {
    await copyFile(binary.path, temporary);
    await chmod(temporary, 0o755);
    await rename(temporary, path);
    await writeFile(temporary, `${JSON.stringify(record)}\n`);
    await rename(temporary, join(directory, recordName));
  } finally {
    await rm(temporary, { force: true });
  }
  return { path, version: binary.version };
}

async function readRecord(directory: string): Promise<InstallRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, recordName), "utf8")) as InstallRecord;
  } catch {
    // Missing or damaged: it only says how the file came here, and the file itself is asked for its version.
    return undefined;
  }
}

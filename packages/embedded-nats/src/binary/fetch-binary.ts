import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { BinaryNotFoundError, ChecksumMismatchError, DownloadError, type BinaryAttempt } from "../errors.js";
import { addToCache } from "./cache.js";
import { createDeadline, type Deadline } from "../deadline.js";
import { fetchFromDebianArchive } from "./debian/debian-archive.js";
import type { FetchedBinary } from "./fetched-binary.js";
import type { BinarySearch, FoundBinary } from "./binary-search.js";
import { releaseFor } from "./known-releases.js";
import { withLockFile } from "./lock-file.js";
import { probeBinary } from "./probe-binary.js";
import { DOWNLOAD_PREFIX, downloadRelease, RELEASES } from "./release-download.js";
import { describeWish, formatVersion, satisfies } from "./version.js";

const leftoverAgeMs = 30 * 60_000;

/**
 * Fetches a binary into the cache, under the cache's lock file.
 * @param attempts - what was tried before; what is tried here is added.
 * @param searchCache - asked again once the lock is held: another process may have just put it there.
 */
export async function fetchBinary(
  search: BinarySearch,
  attempts: BinaryAttempt[],
  searchCache: () => Promise<FoundBinary | undefined>,
): Promise<FoundBinary> {
  const deadline = createDeadline(search.downloadTimeoutMs);
  const root = search.environment.downloadDir;
  let lastError: unknown;
  const sources = { release: fetchRelease, "debian-archive": fetchDebian } as const;
  try {
    return await withLockFile(join(root, ".lock"), deadline, async () => {
      await removeLeftovers(root);
      const cached = await searchCache();
      if (cached !== undefined) return cached;
      for (const source of ["release", "debian-archive"] as const) {
        try {
          const entry = await install(search, await sources[source](search, deadline));
          return { path: entry.path, version: formatVersion(entry.version), source };
        } catch (error) {
          if (!(error instanceof DownloadError)) throw error;
          search.debug(`${source}: ${error.message}`);
          attempts.push({ source, reason: error.message });
          lastError = error;
        }
      }
      throw new BinaryNotFoundError(describeWish(search.wish), attempts, { retryable: true, cause: lastError });
    });
  } catch (error) {
    if (error instanceof BinaryNotFoundError || error instanceof ChecksumMismatchError) throw error;
    // The lock, or the cache directory itself: not writable, full, gone.
    const reason = error instanceof Error ? error.message : String(error);
    throw new BinaryNotFoundError(describeWish(search.wish), [...attempts, { source: "cache", reason }], {
      cause: error,
    });
  }
}

async function fetchRelease(search: BinarySearch, deadline: Deadline): Promise<FetchedBinary> {
  const version = releaseFor(search.wish);
  if (version === undefined) {
    throw new DownloadError(
      "releases",
      `no release of the line ${describeWish(search.wish)} is known; ask for an exact version`,
    );
  }
  search.debug(`fetching release ${formatVersion(version)}`);
  const { environment, platform } = search;
  return downloadRelease({
    version,
    platform,
    mirror: environment.downloadMirror ?? RELEASES,
    checksum: environment.checksum,
    workDirectory: environment.downloadDir,
    deadline,
  });
}

function fetchDebian(search: BinarySearch, deadline: Deadline): Promise<FetchedBinary> {
  search.debug("fetching from the Debian or Ubuntu archive");
  return fetchFromDebianArchive(search.wish, deadline, search.debug);
}

/** Runs the fetched file once before it is let into the cache: it must be executable here and be what it was taken for. */
async function install(search: BinarySearch, fetched: FetchedBinary): ReturnType<typeof addToCache> {
  try {
    const result = await probeBinary(fetched.path);
    if ("problem" in result) throw new DownloadError(fetched.origin, result.problem);
    if (!satisfies(result.version, search.wish)) {
      throw new DownloadError(
        fetched.origin,
        `is ${formatVersion(result.version)}, wanted ${describeWish(search.wish)}`,
      );
    }
    return await addToCache(search.environment.downloadDir, search.platform, {
      path: fetched.path,
      version: result.version,
      origin: fetched.origin,
      wish: search.wish,
    });
  } finally {
    await fetched.remove();
  }
}

/** What killed processes left behind. By age, not because the lock is held: over a shared cache a lock can be misjudged. */
async function removeLeftovers(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith(DOWNLOAD_PREFIX)) continue;
    const path = join(root, name);
    const changed = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - changed > leftoverAgeMs) await rm(path, { recursive: true, force: true });
  }
}

import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ChecksumMismatchError, DownloadError } from "../errors.js";
import type { Deadline } from "../deadline.js";
import type { FetchedBinary } from "./fetched-binary.js";
import { downloadFile, withoutCredentials } from "./http-download.js";
import type { Platform } from "./platform.js";
import { runCommand } from "./run-command.js";
import { formatVersion, type Version } from "./version.js";

/** Where the project publishes its releases; NATS_EMBEDDED_DOWNLOAD_MIRROR replaces it with the same layout below it. */
export const RELEASES = "https://github.com/nats-io/nats-server/releases/download";

/** How the names of temporary directories in the cache begin. */
export const DOWNLOAD_PREFIX = ".download-";

/** What to fetch, and from where. */
export interface ReleaseRequest {
  readonly version: Version;
  readonly platform: Platform;
  /** Base address, without the `/v2.15.1`. */
  readonly mirror: string;
  readonly checksum: "strict" | "off";
  /** An existing directory on the cache's file system, for the temporary files. */
  readonly workDirectory: string;
  readonly deadline: Deadline;
}

/**
 * Fetches one release archive, compares it with the release's SHA256SUMS and unpacks it.
 * @throws {DownloadError} it could not be fetched or unpacked, or the release publishes no checksum for it.
 * @throws {ChecksumMismatchError} what arrived is not what the release publishes.
 */
export async function downloadRelease(request: ReleaseRequest): Promise<FetchedBinary> {
  const { platform, deadline } = request;
  const version = `v${formatVersion(request.version)}`;
  const folder = `nats-server-${version}-${platform.id}`;
  const archive = `${folder}.${platform.os === "windows" ? "zip" : "tar.gz"}`;
  const base = `${request.mirror.replace(/\/+$/, "")}/${version}`;
  const directory = await mkdtemp(join(request.workDirectory, DOWNLOAD_PREFIX));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const file = join(directory, archive);
    if (request.checksum === "strict") {
      const sums = join(directory, "SHA256SUMS");
      await downloadFile(`${base}/SHA256SUMS`, sums, deadline);
      const expected = findChecksum(await readFile(sums, "utf8"), archive);
      if (expected === undefined)
        throw new DownloadError(`${withoutCredentials(base)}/SHA256SUMS`, `lists no ${archive}`);
      await downloadFile(`${base}/${archive}`, file, deadline);
      const actual = await sha256(file);
      if (actual !== expected)
        throw new ChecksumMismatchError(`${withoutCredentials(base)}/${archive}`, expected, actual);
    } else {
      await downloadFile(`${base}/${archive}`, file, deadline);
    }
    const unpack = await runCommand("tar", ["-xf", archive], { timeoutMs: deadline.remainingMs(), cwd: directory });
    if (!unpack.ok) throw new DownloadError(archive, unpack.problem);
    const path = join(directory, folder, platform.executable);
    if (!existsSync(path)) throw new DownloadError(archive, `holds no ${folder}/${platform.executable}`);
    return { path, origin: `release ${version}`, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Finds a file's SHA-256 in the text of a SHA256SUMS file, lower-case hex. */
export function findChecksum(sums: string, file: string): string | undefined {
  for (const line of sums.split("\n")) {
    const match = /^([0-9a-fA-F]{64})[ \t]+\*?(\S+)\s*$/.exec(line);
    if (match?.[2] === file) return match[1]?.toLowerCase();
  }
  return undefined;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

import { readdir, readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DownloadError } from "../../errors.js";
import type { DebugLog } from "../../debug-log.js";
import type { Deadline } from "../../deadline.js";
import type { FetchedBinary } from "../fetched-binary.js";
import { runCommand } from "../run-command.js";
import { describeWish, formatVersion, satisfies, tryParseVersion, type Version, type VersionWish } from "../version.js";
import { formatSource, parseDeb822Sources, parseOneLineSources, type AptSource } from "./apt-sources.js";
import { createAptWorkspace, type AptWorkspace } from "./apt-workspace.js";
import { parseOsRelease, suitesFor, type Distribution } from "./distribution.js";

interface Candidate {
  readonly source: AptSource;
  readonly uri: string;
}

/**
 * Fetches nats-server from the archive that the machine's own apt uses, if need be from another suite of it.
 * @throws {DownloadError} no apt, no such version in any suite, no network, or a signature that does not verify.
 */
export async function fetchFromDebianArchive(
  wish: VersionWish,
  deadline: Deadline,
  debug: DebugLog,
): Promise<FetchedBinary> {
  const distribution = parseOsRelease(await readFile("/etc/os-release", "utf8").catch(() => ""));
  if (distribution === undefined) throw new DownloadError("apt", "this machine is neither Debian nor Ubuntu");
  const candidates = archiveCandidates(await readMachineSources(deadline), distribution);
  if (candidates.length === 0) throw new DownloadError("apt", "no main archive among this machine's apt sources");
  const architecture = await runCommand("dpkg", ["--print-architecture"], { timeoutMs: deadline.remainingMs() });
  if (!architecture.ok) throw new DownloadError("dpkg --print-architecture", architecture.problem);

  const workspace = await createAptWorkspace(deadline);
  const reasons: string[] = [];
  try {
    for (const suite of suitesFor(distribution, wish)) {
      for (const { source, uri } of candidates) {
        if (deadline.passed) throw new DownloadError("apt", "the time limit passed");
        const entry = { uri, suite, component: distribution.component, architecture: architecture.stdout.trim() };
        const outcome = await trySuite(workspace, formatSource(source, entry), wish);
        if (typeof outcome === "string")
          return { path: outcome, origin: `${distribution.id} ${suite}`, remove: workspace.remove };
        debug(`debian-archive: ${suite}: ${outcome.problem}`);
        reasons.push(`${suite}: ${outcome.problem}`);
      }
    }
    throw new DownloadError("apt", reasons.join("; "));
  } catch (error) {
    await workspace.remove();
    throw error;
  }
}

/** The path of the unpacked executable, or why the suite has none. */
async function trySuite(
  workspace: AptWorkspace,
  entry: string,
  wish: VersionWish,
): Promise<string | { problem: string }> {
  await workspace.setSource(entry);
  const update = await workspace.run("apt-get", ["update"]);
  if (!update.ok) return { problem: update.problem };
  const listing = await workspace.run("apt-cache", ["madison", "nats-server"]);
  if (!listing.ok) return { problem: listing.problem };
  const offers = parseMadison(listing.stdout);
  const offer = offers.find(({ version }) => satisfies(version, wish));
  if (offer === undefined) {
    const there = offers.map(({ version }) => formatVersion(version)).join(", ");
    return { problem: `has ${there === "" ? "no nats-server" : there}, wanted ${describeWish(wish)}` };
  }
  const download = await workspace.run("apt-get", ["download", `nats-server=${offer.packageVersion}`]);
  if (!download.ok) return { problem: download.problem };
  const folder = join(workspace.directory, "package");
  const archive = (await readdir(folder)).find((name) => name.endsWith(".deb"));
  if (archive === undefined) return { problem: "apt-get download left no package" };
  const unpacked = join(workspace.directory, "unpacked");
  const unpack = await runCommand("dpkg-deb", ["-x", join(folder, archive), unpacked], { timeoutMs: 60_000 });
  if (!unpack.ok) return { problem: unpack.problem };
  const path = ["usr/sbin/nats-server", "usr/bin/nats-server"].map((name) => join(unpacked, name)).find(existsSync);
  return path ?? { problem: "the package holds no nats-server executable" };
}

/** Reads `apt-cache madison`, the newest first as apt prints it. */
export function parseMadison(text: string): { packageVersion: string; version: Version }[] {
  return text.split("\n").flatMap((line) => {
    const packageVersion = line.split("|")[1]?.trim() ?? "";
    const version = tryParseVersion(packageVersion.replace(/^\d+:/, ""));
    return version === undefined ? [] : [{ packageVersion, version }];
  });
}

async function readMachineSources(deadline: Deadline): Promise<AptSource[]> {
  const places = await runCommand(
    "apt-config",
    ["shell", "LIST", "Dir::Etc::sourcelist/f", "PARTS", "Dir::Etc::sourceparts/d"],
    { timeoutMs: deadline.remainingMs() },
  );
  if (!places.ok) throw new DownloadError("apt-config", places.problem);
  const place = (name: string): string => new RegExp(`^${name}='(.*)'$`, "m").exec(places.stdout)?.[1] ?? "";
  const parts = place("PARTS");
  const names = (await readdir(parts).catch((): string[] => []))
    .filter((name) => /\.(list|sources)$/.test(name))
    .sort();
  const sources: AptSource[] = [];
  for (const file of [place("LIST"), ...names.map((name) => join(parts, name))]) {
    const text = await readFile(file, "utf8").catch(() => "");
    sources.push(...(file.endsWith(".sources") ? parseDeb822Sources(text) : parseOneLineSources(text)));
  }
  return sources;
}

/**
 * The sources that may be the distribution's main archive, the likeliest first. An entry whose key is that of its own suite only
 * comes a second time with the distribution's whole keyring: another suite is signed with other keys.
 */
export function archiveCandidates(sources: readonly AptSource[], distribution: Distribution): Candidate[] {
  const plainSuites = new Set([
    "sid",
    "unstable",
    "testing",
    "stable",
    "oldstable",
    "devel",
    distribution.codename ?? "",
  ]);
  const candidates: Candidate[] = [];
  for (const source of sources) {
    if (!source.components.includes(distribution.component)) continue;
    if (!source.suites.some((suite) => plainSuites.has(suite))) continue;
    for (const uri of source.uris) {
      if (uri.startsWith("cdrom:") || candidates.some((other) => other.uri === uri)) continue;
      candidates.push({ source, uri });
      const signedBy = source.trust["signed-by"];
      if (signedBy !== undefined && signedBy.trim() !== distribution.keyring && existsSync(distribution.keyring)) {
        candidates.push({ source: { ...source, trust: { ...source.trust, "signed-by": distribution.keyring } }, uri });
      }
    }
  }
  const rank = ({ uri }: Candidate): number => (distribution.archivePath.test(uri) ? 0 : 1);
  return candidates.sort((a, b) => rank(a) - rank(b));
}

import { execFileSync } from "node:child_process";
import { fsyncSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { cpus, loadavg, release, tmpdir, totalmem, type } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spreadOf } from "./statistics.js";

/** Where and with what was measured. */
export interface Environment {
  readonly machine: string;
  readonly system: string;
  readonly node: string;
  /** Name and version of what is compared. */
  readonly packages: readonly string[];
  /** Short hash; with `, changed` when the files are not those of the commit. */
  readonly commit: string;
  /** Milliseconds that one fsync of 4 KiB takes where the servers keep their files. */
  readonly fsyncMs: number;
  /** Over the minute before. */
  readonly loadAverage: number;
}

const app = fileURLToPath(new URL("../..", import.meta.url));

const PACKAGES = ["@nats-io/jetstream", "@nats-io/transport-node", "nats", "memphis-dev"];

/** Looked at before a run: the load is that of others then. */
export function describeEnvironment(): Environment {
  const processors = cpus();
  return {
    machine: `${processors.length} × ${processors[0]?.model.trim() ?? "unknown processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`,
    system: `${type()} ${release()}`,
    node: process.versions.node,
    packages: PACKAGES.map((name) => `${name} ${versionOf(name)}`),
    commit: describeCommit(),
    fsyncMs: measureFsync(),
    loadAverage: loadavg()[0] ?? 0,
  };
}

function versionOf(name: string): string {
  // By path: not every package exports its package.json.
  const manifest: unknown = JSON.parse(readFileSync(join(app, "node_modules", name, "package.json"), "utf8"));
  return (manifest as { readonly version: string }).version;
}

function describeCommit(): string {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: app, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    // What the last run wrote is no change of what is measured.
    const changed = git("status", "--porcelain", "--", ":/", ":(top,exclude)docs/benchmarks") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${changed ? ", changed" : ""}`;
  } catch {
    return "unknown (no git)";
  }
}

function measureFsync(): number {
  const directory = mkdtempSync(join(tmpdir(), "stationkit-fsync-"));
  const file = openSync(join(directory, "file"), "w");
  const block = Buffer.alloc(4_096);
  try {
    const times = Array.from({ length: 20 }, () => {
      writeSync(file, block);
      const startedAt = performance.now();
      fsyncSync(file);
      return performance.now() - startedAt;
    });
    return spreadOf(times)?.median ?? 0;
  } finally {
    closeSync(file);
    rmSync(directory, { recursive: true });
  }
}

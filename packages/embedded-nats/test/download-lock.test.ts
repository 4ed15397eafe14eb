import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it, vi } from "vitest";
import { createDeadline } from "../src/deadline.js";
import { withLockFile } from "../src/binary/lock-file.js";
import { DownloadError } from "../src/index.js";
import { ChildProgram } from "./support/child-program.js";
import { useCompiledPackage } from "./support/compiled-package.js";
import { writeFakeBinary } from "./support/fake-binary.js";
import { packRelease, ReleaseMirror, type Release } from "./support/release-mirror.js";
import { temporaryDirectory } from "./support/temporary-directory.js";

const root = temporaryDirectory();
const compiled = useCompiledPackage();
const version = "2.15.78";
let release: Release;
let program = "";

beforeAll(async () => {
  release = packRelease(await writeFakeBinary(join(root, "fake/nats-server"), version), version, root);
  program = compiled.program(
    "find",
    `import { findBinary } from "embedded-nats";
     const found = await findBinary({ version: "${version}" });
     console.log(found.source + " " + found.path);`,
  );
});

/** Starts processes that all want the same version from an empty cache. */
function contenders(count: number, cache: string, mirror: ReleaseMirror): ChildProgram[] {
  const env = {
    NATS_EMBEDDED_BINARY: "",
    NATS_EMBEDDED_DOWNLOAD: "1",
    NATS_EMBEDDED_DOWNLOAD_DIR: cache,
    NATS_EMBEDDED_DOWNLOAD_MIRROR: mirror.url,
    NO_PROXY: "127.0.0.1",
  };
  return Array.from({ length: count }, () => new ChildProgram(program, [], { env }));
}

/** A pid that no process has any more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid ?? 0;
}

it("downloads once for several processes that start at the same time", async () => {
  const cache = join(root, "several");
  await using mirror = await ReleaseMirror.start(release);
  mirror.interference = (path, response) => {
    if (!path.endsWith(".tar.gz")) return false;
    // Slow enough that all of them have come to the lock meanwhile.
    setTimeout(() => response.end(release.archive), 700);
    return true;
  };
  const processes = contenders(4, cache, mirror);
  for (const process of processes) expect(await process.end(), process.stderr).toBe(0);
  const sources = processes.map(({ lines }) => lines[0]?.split(" ")[0]).sort();
  expect(sources).toEqual(["cache", "cache", "cache", "release"]);
  expect(mirror.archiveRequests).toBe(1);
  expect(readdirSync(cache)).toEqual([version]);
});

it("takes over the lock of a process that was killed while it downloaded, and what that left behind", async () => {
  const cache = join(root, "killed");
  await using mirror = await ReleaseMirror.start(release);
  mirror.interference = (path) => path.endsWith(".tar.gz");
  const [first] = contenders(1, cache, mirror);
  await vi.waitFor(() => {
    expect(mirror.archiveRequests).toBe(1);
  }, 10_000);
  first?.kill("SIGKILL");
  await first?.end();
  expect(existsSync(join(cache, ".lock"))).toBe(true);
  const leftover = readdirSync(cache).find((name) => name.startsWith(".download-"));
  utimesSync(join(cache, leftover!), 1, 1);

  mirror.interference = () => false;
  const followers = contenders(3, cache, mirror);
  for (const process of followers) expect(await process.end(), process.stderr).toBe(0);
  expect(mirror.archiveRequests).toBe(2);
  expect(readdirSync(cache)).toEqual([version]);
});

it("takes over the lock of a dead process and of a pid that now belongs to another one", async () => {
  const directory = join(root, "stale");
  mkdirSync(directory);
  const path = join(directory, ".lock");
  for (const holder of [
    { pid: await deadPid(), host: hostname(), identity: "started-1" },
    { pid: process.pid, host: hostname(), identity: "an earlier process with this pid" },
  ]) {
    writeFileSync(path, JSON.stringify(holder));
    expect(await withLockFile(path, createDeadline(5_000), () => Promise.resolve("done"))).toBe("done");
  }
  expect(readdirSync(directory)).toEqual([]);
});

it("waits no longer than the deadline for a living process, and names it", async () => {
  const path = join(root, "held/.lock");
  await withLockFile(path, createDeadline(1_000), async () => {
    const error: unknown = await withLockFile(path, createDeadline(200), () => Promise.resolve()).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DownloadError);
    expect((error as Error).message).toContain(`locked by process ${process.pid}`);
  });
});

it("lets only one holder work at a time within one process, and releases the lock when the work fails", async () => {
  const path = join(root, "turns/.lock");
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 5 }, () => withLockFile(path, createDeadline(10_000), work)));
  expect(most).toBe(1);
  await expect(withLockFile(path, createDeadline(1_000), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(existsSync(path)).toBe(false);
});

import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DownloadError } from "../errors.js";
import { processIdentity } from "../process-identity.js";
import type { Deadline } from "../deadline.js";

interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly identity: string;
}

const pollMs = 50;
const heartbeatMs = 2_000;
// A holder on another host (a shared cache) can be judged only by its heartbeat; so can a file that was never written fully.
const silentHolderMs = 30_000;
const unreadableMs = 5_000;

/**
 * Runs `work` while holding the lock file; other processes wait. A lock whose holder is dead is taken over.
 * @throws {DownloadError} the lock was still held by a living process when the deadline passed.
 */
export async function withLockFile<T>(path: string, deadline: Deadline, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  await acquire(path, deadline);
  const heartbeat = setInterval(() => {
    // Only a sign of life: when it cannot be given, the worst case is a second download.
    utimes(path, new Date(), new Date()).catch(() => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

async function acquire(path: string, deadline: Deadline): Promise<void> {
  for (;;) {
    if (await createExclusively(path)) return;
    if (await isStale(path)) await takeOver(path);
    else if (deadline.passed) throw new DownloadError(path, `still locked by process ${await holderName(path)}`);
    else await sleep(pollMs);
  }
}

async function createExclusively(path: string): Promise<boolean> {
  const holder: LockHolder = { pid: process.pid, host: hostname(), identity: processIdentity(process.pid) ?? "" };
  try {
    const file = await open(path, "wx");
    try {
      await file.writeFile(JSON.stringify(holder));
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  const file = await stat(path).catch(() => undefined);
  if (file === undefined) return false;
  const silentForMs = Date.now() - file.mtimeMs;
  const holder = await readHolder(path);
  if (holder === undefined) return silentForMs > unreadableMs;
  if (holder.host !== hostname()) return silentForMs > silentHolderMs;
  return processIdentity(holder.pid) !== holder.identity;
}

/**
 * Removes a stale lock. Two processes may see the same stale lock; if both just removed it, the slower would remove the lock that
 * the faster has made meanwhile. So the removal itself is guarded, and looks again inside the guard.
 */
async function takeOver(path: string): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await createExclusively(guard))) {
    const age = Date.now() - ((await stat(guard).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > unreadableMs) await rm(guard, { force: true });
    else await sleep(pollMs);
    return;
  }
  try {
    if (await isStale(path)) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function readHolder(path: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as LockHolder;
  } catch {
    // Gone, or not yet written: its age decides.
    return undefined;
  }
}

async function holderName(path: string): Promise<string> {
  const holder = await readHolder(path);
  return holder === undefined ? "(unknown)" : `${holder.pid} on ${holder.host}`;
}

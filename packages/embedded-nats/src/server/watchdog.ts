import { spawn, type ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import { watchdogProgram, type WatchdogEntry } from "./watchdog-program.js";

const entries = new Map<number, WatchdogEntry>();
let helper: ChildProcess | undefined;
let lastId = 0;

/** Numbers a server for {@link guard}. */
export function nextServerId(): number {
  lastId += 1;
  return lastId;
}

/**
 * Tells the watchdog what to clean up when this process is gone. One watchdog serves all servers of the process; it starts with the
 * first and is started again, with everything it has to know, should it have died.
 */
export function guard(entry: WatchdogEntry): void {
  entries.set(entry.id, entry);
  if (helper === undefined) startHelper();
  else send(entry);
}

/** Ends the watch over a server that is gone with everything that belonged to it. */
export function unguard(id: number): void {
  if (!entries.delete(id)) return;
  send({ id, pid: -1, startTime: "", directory: "", graceMs: 0 });
}

function send(entry: WatchdogEntry): void {
  helper?.stdin?.write(`${JSON.stringify(entry)}\n`);
}

function startHelper(): void {
  const environment = { ...process.env };
  // Inspectors, loaders and coverage of the parent are not for this program.
  for (const name of ["NODE_OPTIONS", "NODE_V8_COVERAGE", "NODE_INSPECT_RESUME_ON_START"])
    Reflect.deleteProperty(environment, name);
  const child = spawn(process.execPath, ["--max-old-space-size=32", "--eval", `(${String(watchdogProgram)})()`], {
    // A group of its own: what ends the parent's group (Ctrl-C, a CI runner's kill of the group) must not end it as well.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
    env: environment,
    windowsHide: true,
  });
  helper = child;
  const gone = (): void => {
    if (helper === child) helper = undefined;
  };
  child.on("error", gone);
  child.on("exit", gone);
  // EPIPE: it died; "exit" says so, and the next change starts another.
  child.stdin.on("error", gone);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  for (const entry of entries.values()) send(entry);
}

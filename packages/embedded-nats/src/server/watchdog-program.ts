/** What the watchdog is told about one server; one JSON text per line on its standard input. */
export interface WatchdogEntry {
  /** The server's number in its parent process. */
  readonly id: number;
  /** 0: no process runs at present, only the directory is to be removed. -1: forget this server. */
  readonly pid: number;
  /** Linux: the start time in clock ticks, so that a reused pid is left alone; otherwise empty. */
  readonly startTime: string;
  /** Removed at the end; empty when there is nothing to remove. */
  readonly directory: string;
  /** Milliseconds between SIGTERM and SIGKILL for a server whose store outlives it; 0: SIGKILL at once. */
  readonly graceMs: number;
}

/**
 * The whole program of the watchdog process. It is handed to `node --eval` as text (`String(watchdogProgram)`), so that no file has to
 * be found at run time, whether this package runs from source, from dist or bundled. Therefore it must not use anything from
 * outside its own braces.
 *
 * It ends when its standard input does, which happens when the parent is gone for whatever reason, SIGKILL included: the kernel
 * closes the parent's end of the pipe.
 */
export function watchdogProgram(): void {
  const fs = process.getBuiltinModule("node:fs");
  const entries = new Map<number, WatchdogEntry>();
  let unread = "";

  const isAlive = (entry: WatchdogEntry): boolean => {
    if (entry.pid <= 0) return false;
    if (entry.startTime !== "") {
      try {
        const stat = fs.readFileSync(`/proc/${entry.pid}/stat`, "latin1");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return fields[0] !== "Z" && fields[19] === entry.startTime;
      } catch {
        return false;
      }
    }
    try {
      process.kill(entry.pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  const send = (entry: WatchdogEntry, signal: NodeJS.Signals): void => {
    try {
      if (isAlive(entry)) process.kill(entry.pid, signal);
    } catch {
      // It ended between the look and the signal.
    }
  };
  const finish = (): void => {
    const startedAt = Date.now();
    for (const entry of entries.values()) {
      send(entry, entry.graceMs > 0 ? "SIGTERM" : "SIGKILL");
      if (entry.graceMs > 0) send(entry, "SIGCONT");
    }
    const sweep = (): void => {
      const elapsedMs = Date.now() - startedAt;
      for (const [id, entry] of entries) {
        if (isAlive(entry) && elapsedMs < entry.graceMs + 10_000) {
          if (elapsedMs >= entry.graceMs) send(entry, "SIGKILL");
          continue;
        }
        if (entry.directory !== "") fs.rmSync(entry.directory, { recursive: true, force: true, maxRetries: 5 });
        entries.delete(id);
      }
      if (entries.size > 0) setTimeout(sweep, 20);
    };
    sweep();
  };

  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (chunk: string) => {
    const lines = (unread + chunk).split("\n");
    unread = lines.pop() ?? "";
    for (const line of lines) {
      const entry = JSON.parse(line) as WatchdogEntry;
      if (entry.pid === -1) entries.delete(entry.id);
      else entries.set(entry.id, entry);
    }
  });
  process.stdin.on("end", finish);
  process.stdin.on("error", finish);
}

import { readdirSync, readFileSync } from "node:fs";

const patienceMs = 100;

/**
 * Waits, without giving up the thread, until SIGSTOP has reached every thread of a process: sending it returns before that, and a thread
 * that runs on another core could still answer a client. Takes well below a millisecond as a rule; on systems without
 * /proc it does not wait.
 */
export function waitUntilStopped(pid: number): void {
  if (process.platform !== "linux") return;
  const end = performance.now() + patienceMs;
  while (performance.now() < end) {
    try {
      const threads = readdirSync(`/proc/${pid}/task`);
      if (threads.every((thread) => isStopped(`/proc/${pid}/task/${thread}/stat`))) return;
    } catch {
      // It ended, or one of its threads did; the next look tells which.
    }
  }
}

function isStopped(statFile: string): boolean {
  const stat = readFileSync(statFile, "latin1");
  // T: stopped by a signal. Z: the process is gone. @see proc_pid_stat(5)
  return "TtZX".includes(stat.charAt(stat.lastIndexOf(")") + 2));
}

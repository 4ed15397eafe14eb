import { readFileSync } from "node:fs";

/**
 * Something that stays the same for a process's whole life and differs for the next one under the same pid: on Linux the start
 * time and the state's absence of `Z`; elsewhere only that the pid is in use.
 * @returns undefined when no such process runs (a zombie does not).
 */
export function processIdentity(pid: number): string | undefined {
  if (process.platform === "linux") {
    try {
      // Field 2 may hold spaces and parentheses; what follows the last ")" is field 3 on. @see proc_pid_stat(5)
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" || fields[0] === "X" ? undefined : `started-${fields[19] ?? ""}`;
    } catch {
      return undefined;
    }
  }
  try {
    process.kill(pid, 0);
    return "alive";
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM" ? "alive" : undefined;
  }
}

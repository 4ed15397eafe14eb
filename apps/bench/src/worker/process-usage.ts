import { readFileSync } from "node:fs";

/** Linux counts a process's time in ticks of 1/100 s, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;

/** User and system time of processes so far, in seconds. Linux. */
export function cpuSeconds(pids: readonly number[]): number {
  return sum(pids, (pid) => {
    // After the name, which may hold anything: field 3 is the first, user and system time are 14 and 15.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  });
}

/** The highest resident sets of processes so far, added up, in bytes. Linux. */
export function peakBytes(pids: readonly number[]): number {
  return sum(pids, (pid) => {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kibibytes) * 1_024;
  });
}

function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + of(pid), 0);
}

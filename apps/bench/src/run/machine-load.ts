import { readFileSync } from "node:fs";

/** Processor time so far, in ticks: of all processors, what of it was busy, and what of that was this process and what it started. */
interface Ticks {
  readonly total: number;
  readonly busy: number;
  readonly own: number;
}

/**
 * Watches what else the machine does from now on.
 * @returns tells the share of all processors' time, 0 to 1, that others have taken since; virtual machines beside this one included.
 */
export function watchOthers(): () => number {
  const before = readTicks();
  return () => {
    const now = readTicks();
    const others = now.busy - before.busy - (now.own - before.own);
    // Both are counted in whole ticks, at different moments.
    return Math.min(1, Math.max(0, others / Math.max(1, now.total - before.total)));
  };
}

function readTicks(): Ticks {
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softIrq = 0, stolen = 0] = (
    /^cpu +(.*)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? ""
  )
    .split(" ")
    .map(Number);
  const busy = user + nice + system + irq + softIrq + stolen;
  // After the name, field 3 is the first: 14 to 17 are its own user and system time, and those of children that have ended.
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  const own = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { total: busy + idle + waiting, busy, own };
}

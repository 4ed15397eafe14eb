import type { Job, Measurement } from "./job.js";
import { cpuSeconds, peakBytes } from "./process-usage.js";

/** What a timed run tells. */
type TimedRun = Pick<Measurement, "messagesPerSecond" | "clientCpuSeconds" | "serverCpuSeconds">;

/** Times a run of all the job's messages, and counts the processors' time meanwhile. */
export async function timedRun({ messages, serverPids }: Job, run: () => Promise<unknown>): Promise<TimedRun> {
  const serverBefore = cpuSeconds(serverPids);
  const clientBefore = process.cpuUsage();
  const startedAt = performance.now();
  await run();
  const elapsedMs = performance.now() - startedAt;
  const client = process.cpuUsage(clientBefore);
  const perMillion = 1_000_000 / messages;
  return {
    messagesPerSecond: (messages * 1_000) / elapsedMs,
    clientCpuSeconds: ((client.user + client.system) / 1_000_000) * perMillion,
    serverCpuSeconds: (cpuSeconds(serverPids) - serverBefore) * perMillion,
  };
}

/** Highest resident sets so far. */
export function memoryPeaks({ serverPids }: Job): Pick<Measurement, "clientPeakBytes" | "serverPeakBytes"> {
  return { clientPeakBytes: process.resourceUsage().maxRSS * 1_024, serverPeakBytes: peakBytes(serverPids) };
}

import type { Contender, Session } from "../contender/contender.js";
import type { Job, Measurement, Trials } from "./job.js";
import { pacedRun } from "./paced-run.js";
import { cpuSeconds, peakBytes } from "./process-usage.js";

/** Timed messages, divided by this, come before them: code is compiled and the server's files exist. */
const WARM_UP_DIVISOR = 3;

/** Trials of each window, in turns, so that none has the cold process for itself; the best counts. */
const TRIALS = 2;

/** Warm-up, a timed run as fast as it goes, and a run at half of that rate for the latencies. */
export async function measure(contender: Contender, session: Session, job: Job): Promise<Measurement> {
  const { messages, serverPids } = job;
  const window = job.windows[0] ?? 0;
  const warmUp = Math.ceil(messages / WARM_UP_DIVISOR);
  await session.run(warmUp, window);
  const serverBefore = cpuSeconds(serverPids);
  const clientBefore = process.cpuUsage();
  const startedAt = performance.now();
  await session.run(messages, window);
  const elapsedMs = performance.now() - startedAt;
  const client = process.cpuUsage(clientBefore);
  const perMillion = 1_000_000 / messages;
  const serverCpuSeconds = (cpuSeconds(serverPids) - serverBefore) * perMillion;
  const messagesPerSecond = (messages * 1_000) / elapsedMs;

  const send = session.send?.bind(session);
  const paced =
    send &&
    (await pacedRun(send, session.messagesPerSend ?? 1, {
      durationMs: job.pacedMs,
      messagesPerSecond: messagesPerSecond / 2,
      sequential: contender.sequential,
    }));
  return {
    kind: "measurement",
    sent: warmUp + messages + (paced?.sent ?? 0),
    messagesPerSecond,
    clientCpuSeconds: ((client.user + client.system) / 1_000_000) * perMillion,
    serverCpuSeconds,
    clientPeakBytes: process.resourceUsage().maxRSS * 1_024,
    serverPeakBytes: peakBytes(serverPids),
    latency: paced?.latency,
  };
}

/** Tries windows, in turns. */
export async function tryWindows(session: Session, { messages, windows }: Job): Promise<Trials> {
  const count = Math.ceil(messages / WARM_UP_DIVISOR);
  const best = new Map<number, number>(windows.map((window) => [window, 0]));
  await session.run(count, Math.min(...windows));
  for (let trial = 0; trial < TRIALS; trial++) {
    for (const window of windows) {
      const startedAt = performance.now();
      await session.run(count, window);
      const perSecond = (count * 1_000) / (performance.now() - startedAt);
      best.set(window, Math.max(perSecond, best.get(window) ?? 0));
    }
  }
  return { kind: "trials", trials: [...best].map(([window, perSecond]) => ({ window, perSecond })) };
}

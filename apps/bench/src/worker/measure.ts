import type { Contender, Session } from "../contender/contender.js";
import { bestOfTrials } from "./best-of-trials.js";
import type { Job, Measurement, Trials } from "./job.js";
import { pacedRun } from "./paced-run.js";
import { memoryPeaks, timedRun } from "./timed-run.js";

/** Timed messages, divided by this, come before them: code is compiled and the server's files exist. */
const WARM_UP_DIVISOR = 3;

/** Warm-up, a timed run as fast as it goes, and a run at half of that rate for the latencies. */
export async function measure(contender: Contender, session: Session, job: Job): Promise<Measurement> {
  const { messages } = job;
  const window = job.windows[0] ?? 0;
  const warmUp = Math.ceil(messages / WARM_UP_DIVISOR);
  await session.run(warmUp, window);
  const timed = await timedRun(job, () => session.run(messages, window));

  const send = session.send?.bind(session);
  const paced =
    send &&
    (await pacedRun(send, session.messagesPerSend ?? 1, {
      durationMs: job.pacedMs,
      messagesPerSecond: timed.messagesPerSecond / 2,
      sequential: contender.sequential,
    }));
  return {
    kind: "measurement",
    sent: warmUp + messages + (paced?.sent ?? 0),
    ...timed,
    ...memoryPeaks(job),
    latency: paced?.latency,
  };
}

/** Tries windows, after a warm-up with the smallest. */
export async function tryWindows(session: Session, { messages, windows }: Job): Promise<Trials> {
  await session.run(messages, Math.min(...windows));
  return bestOfTrials(windows, async (window) => {
    const startedAt = performance.now();
    await session.run(messages, window);
    return (messages * 1_000) / (performance.now() - startedAt);
  });
}

import type { Membership, ReadingSession } from "../contender/reading.js";
import { Tally } from "../contender/tally.js";
import { bestOfTrials } from "./best-of-trials.js";
import type { Job, Measurement, Questions, Trials } from "./job.js";
import { memoryPeaks, timedRun } from "./timed-run.js";
import { untilAnswered } from "./until-answered.js";

type AskProgress = Pick<Questions, "progressOf">;

/** Reads the whole station once as a warm-up, and once more, as another group, for the figures. */
export async function measureReading(session: ReadingSession, job: Job, ask: AskProgress): Promise<Measurement> {
  const window = job.windows[0] ?? 0;
  await readAll(session, { job, ask, group: "warm-up", window });
  const timed = await readAll(session, { job, ask, group: "timed", window });
  return { kind: "measurement", sent: 0, ...timed, ...memoryPeaks(job), latency: undefined };
}

/** Tries windows, after a warm-up with the smallest; each time the whole station is read by a new group. */
export async function tryReadingWindows(session: ReadingSession, job: Job, ask: AskProgress): Promise<Trials> {
  await readAll(session, { job, ask, group: "warm-up", window: Math.min(...job.windows) });
  let trial = 0;
  return bestOfTrials(job.windows, async (window) => {
    const { messagesPerSecond } = await readAll(session, { job, ask, group: `trial-${++trial}`, window });
    return messagesPerSecond;
  });
}

/** One pass of a new group through the station. */
interface Pass {
  readonly job: Job;
  readonly ask: AskProgress;
  readonly group: string;
  readonly window: number;
}

/**
 * The clock runs from the moment at which the group is there until the server has every acknowledgement.
 * @throws {Error} when a message did not come, or was delivered more than once.
 */
async function readAll(session: ReadingSession, { job, ask, group, window }: Pass): ReturnType<typeof timedRun> {
  const { messages, sizeBytes } = job;
  const tally = new Tally(messages, sizeBytes);
  await using member: Membership = await session.join(group, window);
  const timed = await timedRun(job, async () => {
    await member.read(tally);
    await untilAnswered(() => ask.progressOf(group), messages);
  });
  tally.requireComplete();
  return timed;
}

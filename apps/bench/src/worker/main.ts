import { randomBytes } from "node:crypto";
import { loadContender } from "../contender/catalog.js";
import type { Contender } from "../contender/contender.js";
import type { ReadingContender } from "../contender/reading.js";
import type { FromWorker, GroupProgress, Job, Questions, ToWorker } from "./job.js";
import { measure, tryWindows } from "./measure.js";
import { measureReading, tryReadingWindows } from "./measure-reading.js";

/** The process of one contender: does the job that its parent sends, tells the result, and ends. */
const storedWaiters: ((messages: number) => void)[] = [];
const progressWaiters: ((progress: GroupProgress) => void)[] = [];

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

const ask: Questions = {
  async stored() {
    const answer = new Promise<number>((resolve) => storedWaiters.push(resolve));
    await tell({ kind: "stored?" });
    return answer;
  },
  async progressOf(group) {
    const answer = new Promise<GroupProgress>((resolve) => progressWaiters.push(resolve));
    await tell({ kind: "progress?", group });
    return answer;
  },
};

async function work(job: Job): Promise<FromWorker> {
  const { task, server, station, partitions, windows } = job;
  const contender = await loadContender(job.contender);
  const arena = { server, station, partitions, payload: randomBytes(job.sizeBytes), stored: ask.stored };
  if (task === "consume") {
    await using session = await (contender as ReadingContender).open(arena);
    return windows.length > 1 ? await tryReadingWindows(session, job, ask) : await measureReading(session, job, ask);
  }
  const producing = contender as Contender;
  await using session = await producing.open(arena);
  return windows.length > 1 ? await tryWindows(session, job) : await measure(producing, session, job);
}

async function fail(error: unknown): Promise<never> {
  await tell({ kind: "failure", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
}

process.on("unhandledRejection", (error) => void fail(error));
process.on("disconnect", () => process.exit(1));
process.on("message", (message: ToWorker) => {
  switch (message.kind) {
    case "stored":
      storedWaiters.shift()?.(message.messages);
      break;
    case "progress":
      progressWaiters.shift()?.(message.progress);
      break;
    case "job":
      work(message.job).then(async (result) => {
        await tell(result);
        process.exit(0);
      }, fail);
  }
});

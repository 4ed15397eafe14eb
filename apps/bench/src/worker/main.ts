import { randomBytes } from "node:crypto";
import { loadContender } from "../contender/catalog.js";
import type { FromWorker, Job, ToWorker } from "./job.js";
import { measure, tryWindows } from "./measure.js";

/** The process of one contender: does the job that its parent sends, tells the result, and ends. */
const storedWaiters: ((messages: number) => void)[] = [];

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

/** The parent asks the server: a connection for that here would be counted as the contender's. */
async function stored(): Promise<number> {
  const answer = new Promise<number>((resolve) => storedWaiters.push(resolve));
  await tell({ kind: "stored?" });
  return answer;
}

async function work(job: Job): Promise<FromWorker> {
  const contender = await loadContender(job.contender);
  const payload = randomBytes(job.sizeBytes);
  await using session = await contender.open({ server: job.server, station: job.station, payload, stored });
  return job.windows.length > 1 ? await tryWindows(session, job) : await measure(contender, session, job);
}

async function fail(error: unknown): Promise<never> {
  await tell({ kind: "failure", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
}

process.on("unhandledRejection", (error) => void fail(error));
process.on("disconnect", () => process.exit(1));
process.on("message", (message: ToWorker) => {
  if (message.kind === "stored") {
    storedWaiters.shift()?.(message.messages);
    return;
  }
  work(message.job).then(async (result) => {
    await tell(result);
    process.exit(0);
  }, fail);
});

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromWorker, Job, Measurement, Questions, ToWorker, Trials } from "../worker/job.js";

const WORKER = fileURLToPath(new URL("../worker/main.js", import.meta.url));

/** How a job is looked after. */
export interface JobSupport {
  readonly answers: Questions;
  readonly timeoutMs: number;
}

/**
 * Does a job in a process of its own, which is gone when this settles.
 * @throws {Error} with the worker's own error, or what it printed before it ended without a result, or when it takes too long.
 */
export function runJob(job: Job, { answers, timeoutMs }: JobSupport): Promise<Measurement | Trials> {
  return new Promise((resolve, reject) => {
    const worker = fork(WORKER, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
    let output = "";
    let result: Measurement | Trials | undefined;
    let failure: string | undefined;
    for (const stream of [worker.stdout, worker.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    const send = (message: ToWorker): void => {
      // A worker that is gone has told why, or its exit does.
      worker.send(message, () => undefined);
    };
    const timer = setTimeout(() => {
      failure = `took longer than ${timeoutMs / 1_000} s`;
      worker.kill("SIGKILL");
    }, timeoutMs);
    const answer = async (question: FromWorker & { readonly kind: "stored?" | "progress?" }): Promise<void> => {
      if (question.kind === "stored?") send({ kind: "stored", messages: await answers.stored() });
      else send({ kind: "progress", progress: await answers.progressOf(question.group) });
    };
    worker.on("message", (message: FromWorker) => {
      if (message.kind === "failure") failure = message.message;
      else if (message.kind === "stored?" || message.kind === "progress?") answer(message).catch(fail);
      else result = message;
    });
    const fail = (error: unknown): void => {
      failure = String(error);
      worker.kill("SIGKILL");
    };
    worker.on("error", fail);
    worker.on("close", (code, signal) => {
      clearTimeout(timer);
      if (result !== undefined && failure === undefined) resolve(result);
      else reject(new Error(failure ?? `ended with ${signal ?? code}:\n${output}`));
    });
    send({ kind: "job", job });
  });
}

import type { Connection } from "@stationkit/core-protocol";
import { createProducer } from "@stationkit/producer";
import type { InputRecord } from "../input/input-item.js";
import type { JobContext } from "../job.js";
import { JobError } from "../job-error.js";
import { explain } from "../failure.js";
import { closeAfter } from "../produce/close-after.js";
import { feed } from "../produce/feed.js";
import { type ProduceMode, ProduceRun } from "../produce/produce-run.js";
import { oneStation, severalStations } from "../produce/target.js";
import { withProgress } from "../terminal/progress.js";

/** One step of the tour that produces. */
export interface ProduceStep {
  readonly label: string;
  /** Several: every record goes to all of them. */
  readonly stations: readonly string[];
  readonly records: readonly InputRecord[];
  readonly mode: ProduceMode;
}

/** What the steps share. */
export interface TourTools {
  readonly connection: Connection;
  readonly context: JobContext;
  readonly inFlight: number | undefined;
}

/** Produces the records of one step. @throws {JobError} when one was not acknowledged. */
export async function produceStep(
  step: ProduceStep,
  { connection, context, inFlight }: TourTools,
): Promise<ProduceRun> {
  const { stations, records, label, mode } = step;
  const options = {
    producerName: "stationkit-tour",
    ...(inFlight !== undefined && { maxInFlightMessages: inFlight }),
  };
  const [stationName, ...more] = stations;
  if (stationName === undefined) throw new Error("a step has at least one station");
  const producer =
    more.length === 0
      ? await createProducer(connection, { ...options, stationName })
      : await createProducer(connection, { ...options, stationName: stations });
  const target = "stationName" in producer ? oneStation(producer) : severalStations(producer);
  const run = new ProduceRun(target, mode);
  const stored = (): number => run.counts.stored;
  const progress = { label, total: records.length, value: stored, records: stored };
  const policy = {
    skipBad: false,
    limit: Number.POSITIVE_INFINITY,
    signal: context.interrupt.signal,
    onSkipped: () => undefined,
  };
  await closeAfter(producer, () => withProgress(context.showProgress, progress, () => feed([records], run, policy)));
  if (run.firstFailure !== undefined) {
    throw new JobError(`${label}: ${run.counts.failed} records were not acknowledged: ${explain(run.firstFailure)}`);
  }
  return run;
}

import type { InputRecord } from "../input/input-item.js";
import type { ProduceRun } from "../produce/produce-run.js";
import { formatCount, formatDuration, perSecond, plural } from "../report/format.js";
import { type ProduceStep, produceStep, type TourTools } from "./produce-step.js";
import type { TourStation } from "./stations.js";

/** Flights of the two steps that compare. */
const FEW = 2_000;

/** A run of the tour. */
export interface TourRun {
  readonly name: string;
  readonly stations: readonly string[];
  readonly run: ProduceRun;
}

/** Everything that the tour produces. An interrupted step is the last one. */
export async function produceSteps(
  flights: readonly InputRecord[],
  names: Readonly<Record<TourStation, string>>,
  tools: TourTools,
): Promise<readonly TourRun[]> {
  const { output, interrupt } = tools.context;
  const few = flights.slice(0, FEW);
  const runs: TourRun[] = [];
  const produce = async (step: ProduceStep): Promise<void> => {
    if (interrupt.signal.aborted) return;
    const run = await produceStep(step, tools);
    runs.push({ name: step.label, stations: step.stations, run });
    output.line(`  ${step.label}: ${pace(run)}`);
  };
  const heading = (text: string): void => {
    if (!interrupt.signal.aborted) output.heading(text);
  };

  heading(`3  ${formatCount(flights.length)} US flights, keyed by origin airport`);
  await produce({ label: "non-blocking", stations: [names.flights], records: flights, mode: "async" });

  heading(`4  Sync beside non-blocking: the same ${formatCount(few.length)} flights to one partition`);
  await produce({ label: "one by one", stations: [names.pace], records: few, mode: "sync" });
  await produce({ label: "non-blocking, same flights", stations: [names.pace], records: few, mode: "async" });
  tellFactor(runs, tools);

  heading(`5  The same ${formatCount(few.length)} records to two stations at once`);
  await produce({ label: "to two stations", stations: [names.audit, names.archive], records: few, mode: "async" });
  return runs;
}

function pace(run: ProduceRun): string {
  const { stored } = run.counts;
  const rate = formatCount(perSecond(stored, run.elapsedMs));
  return `${plural(stored, "record")} stored in ${formatDuration(run.elapsedMs)}, ${rate} msg/s`;
}

function tellFactor(runs: readonly TourRun[], { context }: TourTools): void {
  const [, sync, async] = runs;
  if (sync === undefined || async === undefined) return;
  context.output.line(
    `  not waiting for each answer is ${(sync.run.elapsedMs / async.run.elapsedMs).toFixed(1)} times as fast`,
  );
}

import { createStationAdmin } from "@stationkit/station-admin";
import { openBroker } from "../broker.js";
import type { TourOptions } from "../cli/options.js";
import type { JobContext, JobResult } from "../job.js";
import { formatCount, plural } from "../report/format.js";
import { type StationProof, proveStations } from "./prove-stations.js";
import { readFlights } from "./flights.js";
import { makeStations, TOUR_PARTITIONS, type TourStation } from "./stations.js";
import { produceSteps, type TourRun } from "./steps.js";
import { reportFigures, tourSummary } from "./tour-report.js";

/** Shows on 20,000 real records what the stack does, and proves it. */
export async function runTour(options: TourOptions, context: JobContext): Promise<JobResult> {
  const { output, interrupt } = context;
  const flights = await readFlights();

  output.heading("1  A server");
  await using broker = await openBroker(options.broker);
  output.line(`  ${broker.description}`);

  output.heading("2  Stations");
  const admin = createStationAdmin(broker.connection);
  await using stations = await makeStations(admin, broker);
  for (const [station, partitions] of Object.entries(TOUR_PARTITIONS) as [TourStation, number][]) {
    output.line(`  ${stations.names[station]}: ${plural(partitions, "partition")}`);
  }

  const tools = { connection: broker.connection, context, inFlight: options.inFlight };
  const runs = await produceSteps(flights, stations.names, tools);
  let proofs: readonly StationProof[] = [];
  if (options.verify && !interrupt.signal.aborted) {
    output.heading("6  Proof: everything is read back from the server");
    proofs = await proveStations(admin, runs, tools);
  }
  if (interrupt.signal.aborted) output.error(whatIsStored(runs));
  else reportFigures(output, runs, proofs);
  const ok =
    !interrupt.signal.aborted && proofs.every(({ verdicts }) => verdicts.every(({ verdict }) => verdict.holds));
  return { ok, summary: tourSummary(broker, { runs, proofs, ok }) };
}

function whatIsStored(runs: readonly TourRun[]): string {
  const stored = runs.map(({ name, run }) => `${name}: ${formatCount(run.counts.stored)}`);
  return `Interrupted. Records stored until then: ${stored.join(", ")}.`;
}

import type { StationAdmin } from "@stationkit/station-admin";
import { verifyStation } from "../proof/verify.js";
import { printProof } from "../report/print-proof.js";
import type { NamedVerdict } from "../report/proof-lines.js";
import { withProgress } from "../terminal/progress.js";
import type { TourTools } from "./produce-step.js";
import type { TourRun } from "./steps.js";

/** What was proven about one station: a verdict for each of its runs, named after it. */
export interface StationProof {
  readonly station: string;
  readonly verdicts: readonly NamedVerdict[];
}

/** Reads every station of the tour back and prints what that proves. */
export async function proveStations(
  admin: StationAdmin,
  runs: readonly TourRun[],
  { connection, context }: TourTools,
): Promise<readonly StationProof[]> {
  const { signal } = context.interrupt;
  const stations = [...new Set(runs.flatMap((run) => run.stations))];
  const total = runs.reduce((sum, { run, stations: targets }) => sum + run.ledger.count * targets.length, 0);
  let read = 0;
  const progress = { label: "reading back", total, value: () => read, records: () => read };
  const proofs = await withProgress(context.showProgress, progress, async () => {
    const all: StationProof[] = [];
    for (const station of stations) {
      const own = runs.filter((run) => run.stations.includes(station));
      const claim = {
        station: await admin.describe(station),
        ledgers: own.map(({ run }) => run.ledger),
        before: new Map<number, number>(),
      };
      const verdicts = await verifyStation(connection, claim, { signal, onRecord: () => read++ });
      all.push({
        station,
        verdicts: verdicts.map((verdict, index) => ({ name: `${station}, ${own[index]?.name ?? ""}`, verdict })),
      });
    }
    return all;
  });
  if (signal.aborted) return [];
  printProof(
    context.output,
    proofs.flatMap(({ verdicts }) => verdicts),
  );
  return proofs;
}

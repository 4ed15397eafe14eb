import { randomBytes } from "node:crypto";
import type { StationAdmin } from "@stationkit/station-admin";
import { EMBEDDED_WINDOW_MS } from "../import/station.js";

/** The tour's stations, by what they are for. */
export type TourStation = "flights" | "pace" | "audit" | "archive";

/** Names of the stations, and how to remove them. */
export interface TourStations extends AsyncDisposable {
  readonly names: Readonly<Record<TourStation, string>>;
}

/** Partitions of each. */
export const TOUR_PARTITIONS: Readonly<Record<TourStation, number>> = { flights: 4, pace: 1, audit: 2, archive: 2 };

/** Makes the stations. On a server that is not the demo's own they get names that nobody else has, and are removed in the end. */
export async function makeStations(
  admin: StationAdmin,
  { embedded }: { readonly embedded: boolean },
): Promise<TourStations> {
  const prefix = embedded ? "" : `tour-${randomBytes(4).toString("hex")}.`;
  const name = (station: TourStation): string => prefix + station;
  const made = Object.entries(TOUR_PARTITIONS) as [TourStation, number][];
  const remove = async (): Promise<void> => {
    if (embedded) return;
    for (const [station] of made) await admin.destroy(name(station));
  };
  for (const [station, partitions] of made) {
    await admin.ensure({ name: name(station), partitions, idempotencyWindowMs: EMBEDDED_WINDOW_MS });
  }
  const names = { flights: name("flights"), pace: name("pace"), audit: name("audit"), archive: name("archive") };
  return { names, [Symbol.asyncDispose]: remove };
}

import type { StationAdmin, StationDescription } from "@stationkit/station-admin";
import type { ImportOptions } from "../cli/options.js";

/** On a server of the demo's own: as long as a message is tried again, so that the server's list of ids stays small. */
export const EMBEDDED_WINDOW_MS = 30_000;

/** The station as it is before the import; made when it is missing. */
export async function ensureStation(
  admin: StationAdmin,
  options: ImportOptions,
  { embedded }: { readonly embedded: boolean },
): Promise<StationDescription> {
  const { stationName: name, station } = options;
  const { retention } = station;
  const ageMs = retention?.type === "age" ? retention.maxAgeMs : Number.POSITIVE_INFINITY;
  const window = embedded ? { idempotencyWindowMs: Math.min(EMBEDDED_WINDOW_MS, ageMs) } : {};
  await admin.ensure({ ...window, ...station, name });
  return admin.describe(name);
}

/** What an existing station has otherwise than it was asked for; in words. */
export function differences({ station: asked }: ImportOptions, { settings, partitions }: StationDescription): string[] {
  const pairs: [string, unknown, unknown][] = [
    ["partitions", asked.partitions, partitions.length],
    ["storage", asked.storage, settings.storage],
    ["replicas", asked.replicas, settings.replicas],
    ["retention", text(asked.retention), text(settings.retention)],
  ];
  return pairs
    .filter(([, wanted, there]) => wanted !== undefined && wanted !== there)
    .map(([name, wanted, there]) => `${name}: ${String(there)}, not ${String(wanted)}`);
}

function text(retention: ImportOptions["station"]["retention"]): string | undefined {
  if (retention === undefined) return undefined;
  const [limit] = Object.entries(retention).filter(([name]) => name !== "type");
  return limit === undefined ? retention.type : `${limit[0]} ${String(limit[1])}`;
}

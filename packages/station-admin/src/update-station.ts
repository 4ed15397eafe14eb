import { requireKnownKeys, type StationName, UsageError } from "@stationkit/core-protocol";
import { completeStation } from "./complete-station.js";
import type { Operation } from "./operation.js";
import type { OwnHead } from "./read-station.js";
import {
  requireOtherDlsStation,
  requireWindowWithinAge,
  resolveSettings,
  type StationOptions,
} from "./station-request.js";
import { settingDifferences, type StationSettings } from "./station-settings.js";
import { readOwnHead } from "./take-over-station.js";
import { restoreGrowth, writeHead } from "./write-head.js";

/** Settings that a live station can be given; what is left out stays. */
export type StationChanges = Pick<StationOptions, "retention" | "replicas" | "idempotencyWindowMs" | "discard"> & {
  /** null: no limit but the server's. */
  readonly maxMessageBytes?: number | null;
  /** null: none. */
  readonly dlsStation?: string | null;
  /** null: none. */
  readonly description?: string | null;
};

const CHANGEABLE = [
  "retention",
  "replicas",
  "idempotencyWindowMs",
  "maxMessageBytes",
  "discard",
  "dlsStation",
  "description",
];

/** What a station can do without. */
const REMOVABLE = new Set(["maxMessageBytes", "dlsStation", "description"]);

/** @throws {UsageError} before any request, naming a setting that cannot be changed, or is wrong. */
export function resolveChanges(name: StationName, changes: StationChanges): Partial<StationSettings> {
  requireKnownKeys("update", changes, new Set([...CHANGEABLE, "name", "partitions", "storage"]));
  for (const fixed of ["name", "partitions", "storage"]) {
    if (!Object.hasOwn(changes, fixed)) continue;
    const hint = fixed === "partitions" ? ": use addPartitions" : ": make another station";
    throw new UsageError(`update: ${fixed} cannot be changed${hint}`);
  }
  const entries = Object.entries(changes as Readonly<Record<string, unknown>>);
  const wrong = entries.find(([key, value]) => value === null && !REMOVABLE.has(key));
  if (wrong !== undefined) throw new UsageError(`update: ${wrong[0]} cannot be null: every station has one`);
  const withoutNulls = Object.fromEntries(entries.filter(([, value]) => value !== null));
  const checked = resolveSettings(withoutNulls);
  requireOtherDlsStation(name, checked.dlsStation);
  const given = entries.filter(([, value]) => value !== undefined);
  if (given.length === 0) throw new UsageError(`update: give at least one of ${CHANGEABLE.join(", ")}`);
  return Object.fromEntries(given.map(([key]) => [key, checked[key as keyof StationSettings]]));
}

/**
 * Writes the new settings to partition 1 under the next revision, which decides, then to the others. A crash in between is
 * repaired by the next `update` or `ensure`. Of two concurrent updates the later one wins as a whole.
 * @returns undefined when the station does not exist.
 */
export async function updateStation(
  operation: Operation,
  name: StationName,
  changes: Partial<StationSettings>,
): Promise<OwnHead | undefined> {
  let written = 0;
  for (;;) {
    const head = await readOwnHead(operation, name);
    if (head === undefined) return undefined;
    const settings = { ...head.settings, ...changes };
    // At or above the revision written here, other settings are another client's, and newer.
    const decided = written > 0 && head.record.revision >= written;
    if (decided || settingDifferences(head.settings, changes).length === 0) {
      const whole = await completeStation(operation, head, false);
      if (whole === undefined || (await restoreGrowth(operation, whole))) continue;
      if (whole.record.revision >= written) return whole;
    } else {
      requireWindowWithinAge(settings);
      written = head.record.revision + 1;
      await writeHead(operation, {
        ...head,
        settings,
        record: { ...head.record, ...recordOf(settings), revision: written },
      });
    }
  }
}

function recordOf({ dlsStation }: StationSettings): { dlsStation: StationSettings["dlsStation"] } {
  return { dlsStation };
}

import type { StationName } from "@stationkit/core-protocol";
import type { Station } from "./station.js";
import { settingDifferences } from "./station-settings.js";

/** What happened to a watched station. */
export type StationEvent =
  | { readonly type: "created"; readonly station: Station }
  /** Other settings, or more partitions. */
  | { readonly type: "changed"; readonly station: Station }
  | { readonly type: "destroyed"; readonly name: StationName };

/** What happened between two looks; a station in the place of another is told as `destroyed`, `created`. */
export function eventsBetween(
  name: StationName,
  before: Station | undefined,
  now: Station | undefined,
): readonly StationEvent[] {
  if (before === undefined) return now === undefined ? [] : [{ type: "created", station: now }];
  if (now === undefined) return [{ type: "destroyed", name }];
  if (isAnother(before, now))
    return [
      { type: "destroyed", name },
      { type: "created", station: now },
    ];
  return isEqual(before, now) ? [] : [{ type: "changed", station: now }];
}

/** Streams of other tools have no id, and get one when a station is made of them; only their number can tell. */
function isAnother(before: Station, now: Station): boolean {
  if (before.id !== undefined) return before.id !== now.id;
  return now.id === undefined && now.partitions.length < before.partitions.length;
}

function isEqual(before: Station, now: Station): boolean {
  return (
    before.partitions.length === now.partitions.length &&
    before.id === now.id &&
    settingDifferences(before.settings, now.settings).length === 0
  );
}

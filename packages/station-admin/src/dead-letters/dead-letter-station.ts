import { createHash } from "node:crypto";
import { LIMITS, parseStationName, type StationName } from "@stationkit/core-protocol";
import type { Station } from "../station.js";
import type { StationOptions } from "../station-request.js";

const SUFFIX = ".dls";
const HASH_CHARACTERS = 12;
const MAX_BYTES = 268_435_456;

/**
 * The station that takes a station's dead letters: its `dlsStation`, or `<name>.dls`. Of a name too long for that, the beginning and a
 * hash are taken.
 */
export function deadLetterStation({ name, settings }: Pick<Station, "name" | "settings">): StationName {
  if (settings.dlsStation !== undefined) return settings.dlsStation;
  if (name.length + SUFFIX.length <= LIMITS.maxNameBytes) return parseStationName(name + SUFFIX);
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_CHARACTERS);
  return parseStationName(
    `${name.slice(0, LIMITS.maxNameBytes - SUFFIX.length - HASH_CHARACTERS - 1)}-${hash}${SUFFIX}`,
  );
}

/**
 * What a missing dead-letter station is made with: one partition of at most 256 MiB, which drops its oldest letters when full, stored as
 * its station is.
 */
export function deadLetterStationOptions({ name, settings }: Pick<Station, "name" | "settings">): StationOptions {
  return {
    name: deadLetterStation({ name, settings }),
    retention: { type: "bytes", maxBytes: MAX_BYTES },
    storage: settings.storage,
    replicas: settings.replicas,
    description: `dead letters of ${name}`,
  };
}

import {
  type Connection,
  parseStationName,
  requireDurationMs,
  requireKnownKeys,
  StationExistsError,
  StationNotFoundError,
} from "@stationkit/core-protocol";
import { establishStation } from "./create-station.js";
import { describeStation } from "./describe-station.js";
import { Operation } from "./operation.js";
import { type StationHead, toStation } from "./read-station.js";
import type { Station, StationDescription } from "./station.js";
import { resolveStationOptions, type StationOptions, type StationRequest } from "./station-request.js";
import { settingDifferences } from "./station-settings.js";
import { type StationWatch, watchStation, type WatchOptions } from "./station-watch.js";

/** Options of an admin. */
export interface StationAdminOptions {
  /** Milliseconds that one call may take, repeats included; integer ≥ 1, default 20,000. */
  readonly timeoutMs?: number;
  /** Milliseconds between looks of a watch that is not told of changes; integer ≥ 1, default 30,000. */
  readonly pollIntervalMs?: number;
}

/** Defaults of `StationAdminOptions`. */
export const STATION_ADMIN_DEFAULTS: Readonly<Required<StationAdminOptions>> = Object.freeze({
  timeoutMs: 20_000,
  pollIntervalMs: 30_000,
});

export interface StationAdmin {
  create(options: StationOptions): Promise<Station>;
  ensure(options: StationOptions): Promise<Station>;
  describe(name: string): Promise<StationDescription>;
  watch(name: string, options?: WatchOptions): StationWatch;
}

export function createStationAdmin(connection: Connection, options: StationAdminOptions = {}): StationAdmin {
  requireKnownKeys("createStationAdmin", options, new Set(["timeoutMs", "pollIntervalMs"]));
  const timeoutMs = requireDurationMs("timeoutMs", options.timeoutMs ?? STATION_ADMIN_DEFAULTS.timeoutMs);
  const pollIntervalMs = requireDurationMs(
    "pollIntervalMs",
    options.pollIntervalMs ?? STATION_ADMIN_DEFAULTS.pollIntervalMs,
  );

  return {
    async create(stationOptions) {
      const request = resolveStationOptions("create", stationOptions);
      const operation = new Operation(connection, { station: request.name, timeoutMs });
      const { head } = await establishStation(operation, request, (existing) => {
        requireSameSettings(request, existing);
      });
      return toStation(head);
    },
    async ensure(stationOptions) {
      const request = resolveStationOptions("ensure", stationOptions);
      const operation = new Operation(connection, { station: request.name, timeoutMs });
      return toStation((await establishStation(operation, request, () => undefined)).head);
    },
    async describe(name) {
      const station = parseStationName(name);
      const description = await describeStation(new Operation(connection, { station, timeoutMs }), station);
      if (description === undefined) throw new StationNotFoundError(station);
      return description;
    },
    watch(name, watchOptions = {}) {
      requireKnownKeys("watch", watchOptions, new Set(["from"]));
      return watchStation({ ...watchOptions, connection, name: parseStationName(name), pollIntervalMs });
    },
  };
}

function requireSameSettings(request: StationRequest, { partitionCount, settings }: StationHead): void {
  const differences = [
    ...(partitionCount === request.partitions
      ? []
      : [{ setting: "partitions", existing: partitionCount, requested: request.partitions }]),
    ...settingDifferences(settings, request.insistsOn),
  ];
  if (differences.length > 0) throw new StationExistsError(request.name, differences);
}

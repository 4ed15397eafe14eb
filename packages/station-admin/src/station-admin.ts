import {
  type Connection,
  parseStationName,
  requireConnection,
  requireDurationMs,
  requireKnownKeys,
  type StationName,
  StationNotFoundError,
} from "@stationkit/core-protocol";
import { type GrowthOptions, resolveGrowth } from "./add-partitions.js";
import { chooseBackend, deferredDeadLetters } from "./choose-backend.js";
import type { DeadLetters } from "./dead-letters/dead-letters.js";
import { describeStation } from "./describe-station.js";
import { type ConsumerGroups, createConsumerGroups } from "./groups/consumer-groups.js";
import { listStations } from "./list-stations.js";
import { Operation } from "./operation.js";
import { purgeStation, type PurgeOptions, type PurgeResult, requirePurgeOptions } from "./purge-station.js";
import { toStation } from "./read-station.js";
import { requireSameSettings } from "./same-settings.js";
import type { Station, StationDescription } from "./station.js";
import { resolveStationOptions, type StationOptions } from "./station-request.js";
import { type StationWatch, watchStation, type WatchOptions } from "./station-watch.js";
import { resolveChanges, type StationChanges } from "./update-station.js";

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

/**
 * Administers stations. It holds nothing open by itself (only watches do): there is nothing to close.
 *
 * Every call may be made by many clients at once. Beside what each method says, all throw `InvalidNameError` and `UsageError` before
 * any request, `StationConflictError` when a stream that is no part of the station has the name of one of its partitions,
 * `PermissionDeniedError`, `ConnectionClosedError`, and after `timeoutMs` `RequestTimeoutError` (outcome unknown: the same
 * call made again goes on where this one stopped). On a Memphis broker (`connection.controlPlane()`), what its control plane has no
 * request for throws `UnsupportedOnMemphisError` (nothing was sent).
 */
export interface StationAdmin {
  /**
   * Makes a station. Resolves when all of its partitions take messages; also when it is there with these settings.
   * @throws {StationExistsError} when it has other settings, listed in `differences`. Left out, `replicas`, `dlsStation` and
   * `description` are not compared; everything else is, with its default.
   * @throws {ResourceLimitError} when the account's limits, or the servers for `replicas`, do not suffice.
   */
  create(options: StationOptions): Promise<Station>;
  /**
   * Makes the station when it is missing; otherwise resolves with what is there, whatever its settings, after repairing what
   * an interrupted call has left.
   * @throws {ResourceLimitError} as `create`.
   */
  ensure(options: StationOptions): Promise<Station>;
  /**
   * Tells settings, counts and state. Reads only.
   * @throws {StationNotFoundError}
   */
  describe(name: string): Promise<StationDescription>;
  /**
   * All stations of the account, by name, each as `describe` tells it; streams that are no stations are left out.
   * The streams are read page by page when the iteration starts; later stations are not in it.
   */
  list(): AsyncIterable<StationDescription>;
  /**
   * Changes settings of a live station: partition 1 first, which decides, then the others. Resolves when all have them.
   * Of concurrent updates the later one wins as a whole.
   * @throws {UsageError} for what cannot be changed (`storage`, `partitions`, `name`), naming it.
   * @throws {StationNotFoundError}
   */
  update(name: string, changes: StationChanges): Promise<Station>;
  /**
   * Grows a live station; equal: nothing happens. From then on most keys go to another partition (the partition is hash
   * modulo count), and messages stay where they are. Of concurrent calls the largest total wins; all resolve with what there is.
   * @param options.total - all partitions, old and new.
   * @throws {UsageError} when there are more already: they cannot be removed.
   * @throws {StationNotFoundError}
   */
  addPartitions(name: string, options: GrowthOptions): Promise<Station>;
  /**
   * Removes messages; sequences go on where they were.
   * @throws {UsageError} for a partition that the station does not have.
   * @throws {StationNotFoundError}
   */
  purge(name: string, options?: PurgeOptions): Promise<PurgeResult>;
  /**
   * Deletes a station with all its messages. It stops existing with the first step; a call that was interrupted is
   * finished by the next `destroy`, or by an `ensure` of the name.
   * @throws {StationNotFoundError} when there is neither the station nor anything left of it.
   */
  destroy(name: string): Promise<void>;
  /**
   * Follows a station, also one that does not exist yet. Told by the server's advisories, by a look after every reconnect,
   * and by one every `pollIntervalMs`; any number of watches of one station on one connection cost one subscription.
   * Ends when it is closed, or its connection is.
   */
  watch(name: string, options?: WatchOptions): StationWatch;
  /** The dead letters of a station: messages that its consumer groups could not deal with. */
  deadLetters(name: string): DeadLetters;
  /** The consumer groups of a station: what there are, how far they are, and how to forget one. */
  consumerGroups(name: string): ConsumerGroups;
}

/**
 * Makes an admin on a connection; several may share one.
 * @throws {UsageError} for options that cannot be right.
 * @example
 * const admin = createStationAdmin(connection);
 * await admin.ensure({ name: "orders", partitions: 4 });
 * for await (const station of admin.list()) console.log(station.name, station.totals.messages);
 */
export function createStationAdmin(connection: Connection, options: StationAdminOptions = {}): StationAdmin {
  requireConnection("createStationAdmin", connection);
  const { timeoutMs, pollIntervalMs } = resolveAdminOptions(options);
  const begin = (station: StationName): Operation => new Operation(connection, { station, timeoutMs });
  return {
    async create(stationOptions) {
      const request = resolveStationOptions("create", stationOptions);
      const operation = begin(request.name);
      const backend = await chooseBackend(operation);
      const head = await backend.establish(operation, request, (existing) => {
        requireSameSettings(request, existing);
      });
      return toStation(head);
    },
    async ensure(stationOptions) {
      const request = resolveStationOptions("ensure", stationOptions);
      const operation = begin(request.name);
      return toStation(await (await chooseBackend(operation)).establish(operation, request));
    },
    async describe(name) {
      const station = parseStationName(name);
      return found(station, await describeStation(begin(station), station));
    },
    list: () => listStations(new Operation(connection, { timeoutMs })),
    async update(name, changes) {
      const station = parseStationName(name);
      const checked = resolveChanges(station, changes);
      const operation = begin(station);
      const backend = await chooseBackend(operation);
      return toStation(found(station, await backend.update(operation, station, checked)));
    },
    async addPartitions(name, growth) {
      const station = parseStationName(name);
      const total = resolveGrowth(growth);
      const operation = begin(station);
      const backend = await chooseBackend(operation);
      return toStation(found(station, await backend.addPartitions(operation, station, total)));
    },
    async purge(name, purgeOptions = {}) {
      const station = parseStationName(name);
      requirePurgeOptions(purgeOptions);
      return found(station, await purgeStation(begin(station), station, purgeOptions));
    },
    async destroy(name) {
      const station = parseStationName(name);
      const operation = begin(station);
      const backend = await chooseBackend(operation);
      if (!(await backend.destroy(operation, station))) throw new StationNotFoundError(station);
    },
    watch(name, watchOptions = {}) {
      requireKnownKeys("watch", watchOptions, new Set(["from"]));
      return watchStation({ ...watchOptions, connection, name: parseStationName(name), pollIntervalMs });
    },
    deadLetters(name) {
      const station = parseStationName(name);
      return deferredDeadLetters(async () =>
        (await chooseBackend(begin(station))).deadLetters(connection, station, begin),
      );
    },
    consumerGroups(name) {
      const station = parseStationName(name);
      return createConsumerGroups(station, () => begin(station));
    },
  };
}

function resolveAdminOptions(options: StationAdminOptions): Required<StationAdminOptions> {
  requireKnownKeys("createStationAdmin", options, new Set(Object.keys(STATION_ADMIN_DEFAULTS)));
  return {
    timeoutMs: requireDurationMs("timeoutMs", options.timeoutMs ?? STATION_ADMIN_DEFAULTS.timeoutMs),
    pollIntervalMs: requireDurationMs(
      "pollIntervalMs",
      options.pollIntervalMs ?? STATION_ADMIN_DEFAULTS.pollIntervalMs,
    ),
  };
}

function found<Result>(name: StationName, result: Result | undefined): Result {
  if (result === undefined) throw new StationNotFoundError(name);
  return result;
}

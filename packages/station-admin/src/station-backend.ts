import type { Connection, ConsumerGroupName, StationName } from "@stationkit/core-protocol";
import type { DeadLetters } from "./dead-letters/dead-letters.js";
import type { Operation } from "./operation.js";
import type { StationHead } from "./read-station.js";
import type { StationRequest } from "./station-request.js";
import type { StationSettings } from "./station-settings.js";

/** What of a station's life depends on who is in charge of it. Reading, purging and watching are JetStream's in any case. */
export interface StationBackend {
  /** @param check - called with a station that is there already; may throw. */
  establish(operation: Operation, request: StationRequest, check?: (head: StationHead) => void): Promise<StationHead>;
  /** @returns undefined when the station does not exist. */
  update(operation: Operation, name: StationName, changes: Partial<StationSettings>): Promise<StationHead | undefined>;
  /** @returns undefined when the station does not exist. */
  addPartitions(operation: Operation, name: StationName, total: number): Promise<StationHead | undefined>;
  /** @returns false when there was nothing. */
  destroy(operation: Operation, name: StationName): Promise<boolean>;
  /** @returns false when no partition knows the group. */
  destroyGroup(operation: Operation, name: StationName, group: ConsumerGroupName): Promise<boolean>;
  deadLetters(connection: Connection, name: StationName, begin: (station: StationName) => Operation): DeadLetters;
}

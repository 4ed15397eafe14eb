import type { Connection, EventEmitter } from "@stationkit/core-protocol";
import type { StationAdmin } from "@stationkit/station-admin";
import type { BridgeEvents } from "./bridge-events.js";
import type { ResolvedBridgeOptions } from "./bridge-options.js";
import type { BridgeState } from "./state/bridge-state.js";

/** What carries out a request. */
export interface BridgeContext {
  readonly connection: Connection;
  readonly admin: StationAdmin;
  readonly state: BridgeState;
  readonly options: ResolvedBridgeOptions;
  readonly emitter: EventEmitter<BridgeEvents>;
}

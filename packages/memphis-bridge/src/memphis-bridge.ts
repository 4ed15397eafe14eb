import type { Listener } from "@stationkit/core-protocol";
import type { BridgeEvents } from "./bridge-events.js";

/** A running bridge. */
export interface MemphisBridge extends AsyncDisposable {
  on<Name extends keyof BridgeEvents>(name: Name, listener: Listener<BridgeEvents[Name]>): void;
  off<Name extends keyof BridgeEvents>(name: Name, listener: Listener<BridgeEvents[Name]>): void;
  /**
   * Takes no further requests, and resolves when those that it has are answered. Other bridges go on; without any, SDKs are told at once
   * that nobody listens. What clients publish without waiting for an answer is kept for the next bridge. The connection stays
   * open. Calling it again gives the same promise; it never rejects. `connection.close()` does it first.
   */
  close(): Promise<void>;
}

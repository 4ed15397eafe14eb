import { StationkitError, type StationName } from "@stationkit/core-protocol";
import type { BridgeContext } from "../context.js";
import { findStation } from "../stations.js";

/**
 * Takes back what was announced of a station that was then refused, lest the next one of its name gets it. What may be made, by this request
 * or another, keeps it.
 */
export async function forgetUnmade(context: BridgeContext, name: StationName, error: unknown): Promise<void> {
  if (!StationkitError.is(error) || (error.outcome !== "rejected" && error.outcome !== "not-sent")) return;
  try {
    const known = await context.state.lastRevision();
    if ((await findStation(context, name)) === undefined) await context.state.forgetStation(name, known);
  } catch {
    // Whether there is one cannot be told now. The refusal is what the client has to hear.
  }
}

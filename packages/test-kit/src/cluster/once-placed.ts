import { BrokerError } from "@stationkit/core-protocol";
import { waitForValue } from "../wait-until.js";

const LOOK_EVERY_MS = 50;

/**
 * What `make` makes, as soon as the cluster has a place for it. A cluster of nats-server 2.10 that has just come together may take a peer
 * for gone once more, for a moment (once in about 60 starts), and then places no stream: that is no fault of a scenario's.
 */
export async function oncePlaced<Made>(what: string, make: () => Promise<Made>): Promise<Made> {
  const { made } = await waitForValue(
    async () => {
      try {
        return { made: await make() };
      } catch (error) {
        if (error instanceof BrokerError) return undefined;
        throw error;
      }
    },
    { what: `${what} can be placed`, everyMs: LOOK_EVERY_MS },
  );
  return made;
}

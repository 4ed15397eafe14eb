import type { CONTROL_QUEUE_GROUP } from "@stationkit/core-protocol/control";
import { encodePlainReply } from "@stationkit/core-protocol/control";
import type { BridgeContext } from "../context.js";

/** One kind of request: how it is carried out, and the form of its answers. */
export interface Endpoint {
  /** Key of its subject and queue group. */
  readonly name: keyof typeof CONTROL_QUEUE_GROUP;
  /** Its requests wait most of their time, so that many can at once, and take no place from others. Default false. */
  readonly mostlyWaits?: boolean;
  /**
   * Does what is asked for; made again, it does what it did the first time, for SDKs repeat a request that was not answered in time.
   * @returns the answer. @throws {StationkitError} whose message is the refusal.
   */
  answer(context: BridgeContext, payload: Uint8Array): Promise<Uint8Array>;
  /** The answer for a refusal. */
  refuse(error: string): Uint8Array;
}

/** An endpoint whose answer says only whether it went well: nothing for ok, else the text. */
export function plainEndpoint(
  name: Endpoint["name"],
  carryOut: (context: BridgeContext, payload: Uint8Array) => Promise<void>,
): Endpoint {
  return {
    name,
    async answer(context, payload) {
      await carryOut(context, payload);
      return encodePlainReply({ error: "" });
    },
    refuse: (error) => encodePlainReply({ error }),
  };
}

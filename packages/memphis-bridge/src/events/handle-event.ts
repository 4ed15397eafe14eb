import {
  decodeNackedDls,
  decodeNotification,
  decodePmAck,
  decodeSchemaverseDls,
  MalformedMessageError,
} from "@stationkit/core-protocol/control";
import type { BridgeEventKind } from "../bridge-events.js";
import type { BridgeContext } from "../context.js";
import type { EventDelivery } from "./event-delivery.js";
import { keepGivenUp, keepSchemaFailure } from "./keep-dead-letter.js";
import { decodeMaxDeliveries } from "./max-deliveries-advisory.js";

/**
 * Does what an event asks for. It may come again, also to another bridge: what is stored is stored once.
 * @throws {StationkitError} for what could not be done.
 */
export async function handleEvent(context: BridgeContext, kind: BridgeEventKind, event: EventDelivery): Promise<void> {
  switch (kind) {
    case "notification":
      context.emitter.emit("notification-received", decodeNotification(event.data));
      return;
    case "resend-acknowledged":
      context.emitter.emit("resend-acknowledged", decodePmAck(event.data));
      return;
    case "schema-failure":
      // The letter's id is the event's: it has no place in the station that would tell it from others.
      await keepSchemaFailure(
        context,
        decodeSchemaverseDls(event.data, keepText),
        `${event.sequence}.${event.storedAt}`,
      );
      return;
    case "nacked": {
      const { station, partition, sequence, groupName, error } = decodeNackedDls(event.data);
      if (sequence < 1) {
        const fields = { messageKind: "nacked DLS event", field: "seq", outcome: "rejected" } as const;
        throw new MalformedMessageError(`must be at least 1, not ${sequence}`, fields);
      }
      const place = { station, partition, sequence, group: groupName };
      await keepGivenUp(context, place, { cause: "rejected", reason: error, deliveries: 0 });
      return;
    }
    case "max-deliveries": {
      const advisory = decodeMaxDeliveries(event.data);
      if (advisory === undefined) return;
      const { deliveries } = advisory;
      const reason = `delivered ${deliveries} times and never acknowledged`;
      await keepGivenUp(context, advisory, { cause: "max-deliveries", reason, deliveries });
    }
  }
}

/** memphis.js writes bytes below 0x10 with one digit: what it meant is lost, and its digits are better than nothing. */
function keepText(hex: string): Uint8Array {
  return Buffer.from(hex, "utf8");
}

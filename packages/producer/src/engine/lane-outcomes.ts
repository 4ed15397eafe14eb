import {
  AckTimeoutError,
  ConnectionClosedError,
  ConnectionLostError,
  type DeliveryErrorFields,
  DeliveryExpiredError,
  type StationkitError,
  UnexpectedAckError,
} from "@stationkit/core-protocol";
import type { PendingMessage } from "./pending-message.js";

/** The errors that say what became of a message whose broker did not say it. */
interface LaneOutcomes {
  /** Sent, and no answer came. `cause`: what the broker said last, if anything. */
  unanswered(message: PendingMessage, cause?: StationkitError): AckTimeoutError;
  /** The deadline passed. */
  expired(message: PendingMessage): StationkitError;
  /** The connection went away, and a repeat could store it twice. */
  lost(message: PendingMessage): ConnectionLostError;
  /** The connection was closed for good. */
  closed(message: PendingMessage): ConnectionClosedError;
  /** Another stream acknowledged it. */
  elsewhere(message: PendingMessage, stream: string): UnexpectedAckError;
}

export const laneOutcomes: LaneOutcomes = {
  unanswered,
  expired(message) {
    if (message.mayBeStored || message.state === "sent") return unanswered(message, message.lastRefusal);
    if (message.lastRefusal !== undefined) return message.lastRefusal;
    const what = `could not be sent within ${message.prepared.deliveryTimeoutMs} ms: there was no connection, or no room in the window`;
    return new DeliveryExpiredError(about(message, what), fields(message));
  },
  lost: (message) => new ConnectionLostError(about(message, "was not acknowledged before the connection was lost")),
  closed(message) {
    const outcome = message.state === "waiting" && !message.mayBeStored ? "not-sent" : "unknown";
    return new ConnectionClosedError(about(message, "was not acknowledged before the connection was closed"), outcome);
  },
  elsewhere: (message, stream) =>
    new UnexpectedAckError(about(message, `was acknowledged by stream ${stream}, which listens to the same subject`)),
};

function unanswered(message: PendingMessage, cause?: StationkitError): AckTimeoutError {
  const last = cause === undefined ? "" : `; the last answer: ${cause.message}`;
  const what = `was sent and not acknowledged (tries: ${message.attempts}), so it may be stored${last}`;
  return new AckTimeoutError(about(message, what), fields(message), { cause });
}

function fields({ station, partition, msgId, attempts, prepared }: PendingMessage): DeliveryErrorFields {
  return { station, partition, msgId, attempts, deliveryTimeoutMs: prepared.deliveryTimeoutMs };
}

function about({ station, partition, label }: PendingMessage, what: string): string {
  return `${label} to partition ${partition} of station "${station}" ${what}`;
}

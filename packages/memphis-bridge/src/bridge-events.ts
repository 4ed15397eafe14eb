import type { NotificationEvent, PmAckEvent } from "@stationkit/core-protocol/control";
import type { DeadLetterCause } from "@stationkit/station-admin";

/** A request of an SDK, and what became of it. */
export interface AnsweredRequest {
  /** Such as `$memphis_station_creations`. */
  readonly subject: string;
  /** What the SDK is told; empty when it was done. */
  readonly error: string;
  /** Milliseconds from its arrival to the answer. */
  readonly durationMs: number;
}

/** A dead letter that the bridge has stored. */
export interface StoredDeadLetter {
  readonly station: string;
  readonly cause: DeadLetterCause;
  readonly reason: string;
  /** From 1. */
  readonly partition: number;
  /** JetStream sequence of the message in its partition, from 1; 0 for one that a schema refused: it was never stored there. */
  readonly sequence: number;
  /** Empty for one that a schema refused. */
  readonly group: string;
  readonly dlsStation: string;
}

/** What clients and server tell without waiting for an answer. */
export type BridgeEventKind = "notification" | "schema-failure" | "nacked" | "max-deliveries" | "resend-acknowledged";

/** An event that the bridge could not do with as it should. */
export interface RefusedEvent {
  readonly kind: BridgeEventKind;
  readonly subject: string;
  readonly payload: Uint8Array;
  /** Whether it will be tried again. */
  readonly again: boolean;
}

/** Events of a bridge, for whoever runs it. */
export interface BridgeEvents {
  "request-answered": [request: AnsweredRequest];
  "dead-letter-stored": [letter: StoredDeadLetter];
  /** A text for people; only when `sendNotifications` is on. */
  "notification-received": [notification: NotificationEvent];
  /** An SDK is done with a message that was sent to it again by `$memphis_dls_…`. */
  "resend-acknowledged": [ack: PmAckEvent];
  /** Something went wrong that no SDK is told of; `event` when it was about one. */
  failed: [error: Error, event?: RefusedEvent];
}

import type { PermissionDeniedError, StationkitError } from "@stationkit/core-protocol";
import type { PendingMessage } from "./pending-message.js";

/** One partition: what was admitted for it, in order, until each message is settled. */
export interface Lane {
  readonly subject: string;
  readonly stream: string;
  /** Takes an admitted message. */
  add(message: PendingMessage): void;
  /** An answer to one of its messages has come. */
  answer(message: PendingMessage, data: Uint8Array, status: number): void;
  /** Ends a message without an acknowledgement, such as one whose caller gave up. */
  abandon(message: PendingMessage, error: StationkitError): void;
  /** The connection is gone: every unanswered try counts as lost. */
  suspend(): void;
  /** The connection is back. */
  resume(): void;
  /** Settles what is past its deadline, and gives up tries that went unanswered for too long. */
  sweep(now: number): void;
  /** The server refused publishes to this lane's subject. */
  deny(error: PermissionDeniedError): Promise<void>;
  /** Sends what may be sent now, in order. */
  advance(): void;
  /** The connection is closed for good: everything ends now. */
  close(): void;
}

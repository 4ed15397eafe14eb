import { isInbox, MalformedMessageError } from "@stationkit/core-protocol/control";
import type { ReceivedMessage } from "./queue-listener.js";

/**
 * Sees to it that an answer can go to an inbox only.
 * @throws {MalformedMessageError} for a message that wants its answer elsewhere. One that wants none is let through.
 */
export function requireInbox({ subject, reply = "" }: ReceivedMessage, prefixes: readonly string[]): void {
  if (reply === "" || isInbox(reply, prefixes)) return;
  const reason = `wants its answer on ${JSON.stringify(reply)}, which is no inbox (${prefixes.join(", ")})`;
  throw new MalformedMessageError(reason, { messageKind: `request ${subject}`, outcome: "rejected" });
}

import { MalformedMessageError } from "@stationkit/core-protocol/control";
import type { ReceivedMessage } from "./queue-listener.js";

/** What a server of another cluster puts before the place for the answer, to find the way back. @see nats-server server/gateway.go */
const GATEWAY_ROUTE = /^_GR_\.[^.]+\.[^.]+\./;

/**
 * Sees to it that an answer can go to an inbox only. NATS lets everybody name any subject as the place for the answer, and the bridge
 * answers with its own rights, which are larger: an answer to `$JS.API.STREAM.DELETE.<stream>` deletes a stream.
 * @throws {MalformedMessageError} for a message that wants its answer elsewhere. One that wants none is let through.
 */
export function requireInbox({ subject, reply = "" }: ReceivedMessage, prefixes: readonly string[]): void {
  const place = reply.replace(GATEWAY_ROUTE, "");
  if (place === "" || prefixes.some((prefix) => place.startsWith(`${prefix}.`))) return;
  const reason = `wants its answer on ${JSON.stringify(reply)}, which is no inbox (${prefixes.join(", ")})`;
  throw new MalformedMessageError(reason, { messageKind: `request ${subject}`, outcome: "rejected" });
}

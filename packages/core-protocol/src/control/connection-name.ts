import { UsageError } from "../errors/usage-errors.js";
import { MalformedMessageError } from "./malformed-message-error.js";

const SEPARATOR = "::";

/** What a broker learns from the `name` in CONNECT. */
export type ConnectionName =
  /** A Memphis client; `username` is lower-cased, as the broker keeps it. */
  | { readonly type: "native"; readonly connectionId: string; readonly username: string }
  /** Any other NATS client. */
  | { readonly type: "plain"; readonly name: string };

/**
 * Writes the name under which a Memphis client connects, `<connectionId>::<username>`.
 * @param connectionId - UUIDv4, made once per connect call and kept over reconnects.
 * @param username - bare, without `$<accountId>`.
 * @throws {UsageError} when a part is empty, or when the name would not split back into these two.
 * @see memphis-protocol.md section 1.3; memphis.js 1.3.2, memphis.ts
 */
export function encodeConnectionName(connectionId: string, username: string): string {
  const name = `${connectionId}${SEPARATOR}${username}`;
  const [first, second, ...more] = name.split(SEPARATOR);
  if (first === "" || second === "" || first !== connectionId || second !== username || more.length > 0) {
    throw new UsageError(
      `connection id ${JSON.stringify(connectionId)} and username ${JSON.stringify(username)} must not be empty, ` +
        `hold "${SEPARATOR}", or put a ":" next to it`,
    );
  }
  return name;
}

/**
 * Reads the name of a connection as a Memphis broker does.
 * @throws {MalformedMessageError} for three parts and more: the broker refuses such a connection.
 * @see Memphis broker 1.4.4, memphis_handlers_connections.go:62-140
 */
export function parseConnectionName(name: string): ConnectionName {
  const [connectionId = "", username, ...more] = name.split(SEPARATOR);
  if (more.length > 0) {
    throw new MalformedMessageError(`has ${more.length + 2} parts, at most 2 are allowed`, {
      messageKind: "connection name",
      outcome: "rejected",
    });
  }
  return username === undefined
    ? { type: "plain", name }
    : { type: "native", connectionId, username: username.toLowerCase() };
}

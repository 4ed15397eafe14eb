/** What a server of another cluster puts before the place for the answer, to find the way back. @see nats-server server/gateway.go */
const GATEWAY_ROUTE = /^_GR_\.[^.]+\.[^.]+\./;

/**
 * Whether a place for an answer is an inbox of one of these prefixes. NATS lets everybody name any subject as that place, and who answers does
 * it with its own rights, which may be larger: an answer to `$JS.API.STREAM.DELETE.<stream>` deletes a stream.
 * @param prefixes - without the dot after them, such as `_INBOX`.
 */
export function isInbox(reply: string, prefixes: readonly string[]): boolean {
  const place = reply.replace(GATEWAY_ROUTE, "");
  return prefixes.some((prefix) => place.startsWith(`${prefix}.`));
}

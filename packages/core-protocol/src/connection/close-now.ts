import type { NatsConnection } from "@nats-io/nats-core";

const callOff = new WeakMap<NatsConnection, () => void>();

/** Says how to end the sockets of a connection that it does not know itself. */
export function onCloseNow(natsConnection: NatsConnection, end: () => void): void {
  callOff.set(natsConnection, end);
}

/** Closes without a drain. nats.js alone would leave the socket of a reconnect that is under way. */
export async function closeNow(natsConnection: NatsConnection): Promise<void> {
  await natsConnection.close();
  callOff.get(natsConnection)?.();
  const { protocol } = natsConnection as { protocol?: { transport?: { discard?: () => void } } };
  protocol?.transport?.discard?.();
}

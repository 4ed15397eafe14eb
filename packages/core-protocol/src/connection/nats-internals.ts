import type { NatsConnection } from "@nats-io/nats-core";

/** The parts of a nats.js connection that it does not promise to keep. @see nats-core 3.4.0 protocol.js, `ProtocolHandler` */
interface Internals {
  readonly protocol?: {
    readonly connected?: boolean;
    sendCommand?(bytes: Uint8Array): void;
    flushPending?(): void;
    outMsgs?: number;
    outBytes?: number;
  };
}

/** nats.js writes at once, too, from this on, but copies all that waits into one piece before. @see nats-core 3.4.0 `FLUSH_THRESHOLD` */
const WRITE_AT_ONCE_BYTES = 32_768;

/**
 * Writes whole protocol frames, in order with everything else on the connection.
 * @param atOnce - to the socket before this returns, with all that waits; otherwise at the end of the turn at the latest.
 */
export type WriteFrames = (frames: Uint8Array, messages: number, messageBytes: number, atOnce: boolean) => void;

/**
 * Whether bytes written now would reach a socket. The status events of nats.js arrive some microtasks after the socket is
 * gone, and what is published in between sits in a buffer that the next dial throws away; this says so at once.
 * @returns true when the internals that tell it are not there: the status events then have to do.
 */
export function isLive(natsConnection: NatsConnection): boolean {
  return (natsConnection as Internals).protocol?.connected ?? true;
}

/** @returns undefined when the internals that take frames are not there: `publish` then has to do. */
export function frameWriter(natsConnection: NatsConnection): WriteFrames | undefined {
  const { protocol } = natsConnection as Internals;
  if (protocol?.sendCommand === undefined || protocol.outMsgs === undefined || protocol.outBytes === undefined) {
    return undefined;
  }
  return (frames, messages, messageBytes, atOnce) => {
    protocol.sendCommand?.(frames);
    if (atOnce || frames.length >= WRITE_AT_ONCE_BYTES) protocol.flushPending?.();
    // What `natsConnection.stats()` counts.
    protocol.outMsgs = (protocol.outMsgs ?? 0) + messages;
    protocol.outBytes = (protocol.outBytes ?? 0) + messageBytes;
  };
}

import type { NatsConnection } from "@nats-io/nats-core";
import { ConnectionFailedError } from "../errors/transport-errors.js";
import { closeNow, onCloseNow } from "./close-now.js";
import { DialSockets } from "./dial-sockets.js";

/** How long nats.js may take to notice the end of a socket. */
const NOTICE_MS = 100;

interface DialBounds {
  readonly addresses: readonly string[];
  /** Point in time, in milliseconds. */
  readonly deadline: number;
  /** For the error's text. */
  readonly totalMs: number;
}

/**
 * Bounds a first connect. nats.js knows a time per try only, and cannot be called off; this gives up all tries together, at the
 * deadline or when the only server has hung up, and leaves nothing behind: without sockets, the tries that are left fail at once.
 * @param connectNats - has to hand the signal to every `tls.connect` that opens a socket itself.
 */
export async function dialUntil(
  bounds: DialBounds,
  connectNats: (signal: AbortSignal) => Promise<NatsConnection>,
): Promise<NatsConnection> {
  const sockets = new DialSockets();
  const dialling = sockets.run(() => connectNats(sockets.signal));
  const timers: NodeJS.Timeout[] = [];
  try {
    const natsConnection = await Promise.race([
      dialling,
      atDeadline(bounds, timers),
      whenCutOff(bounds, sockets, timers),
    ]);
    onCloseNow(natsConnection, () => {
      sockets.destroy();
    });
    return natsConnection;
  } catch (error) {
    sockets.destroy();
    // It may still have won the race; its failure is the one that is thrown here, or too late to be of use.
    dialling.then(closeNow, () => undefined);
    throw error;
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

function atDeadline({ addresses, deadline, totalMs }: DialBounds, timers: NodeJS.Timeout[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = (): void => {
      reject(failure(addresses, `no answer within ${totalMs} ms`));
    };
    timers.push(setTimeout(giveUp, Math.max(0, deadline - Date.now())));
  });
}

/**
 * nats.js does not notice when a server closes the socket between its INFO and the end of the login, as one does that gets no client
 * certificate, or has too many clients; it waits for its timeout. With several servers it has to: the next one may be better.
 * @see nats-core 3.4.0 protocol.js, `dial`: nothing rejects `pong` there
 */
function whenCutOff({ addresses }: DialBounds, sockets: DialSockets, timers: NodeJS.Timeout[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (addresses.length > 1) return;
    let wasCutOff = false;
    const look = (): void => {
      if (wasCutOff && sockets.isCutOff) {
        reject(
          failure(
            addresses,
            "the server hung up during the login: it may have too many clients, or ask for a client certificate",
          ),
        );
      }
      wasCutOff = sockets.isCutOff;
    };
    timers.push(setInterval(look, NOTICE_MS));
  });
}

function failure(addresses: readonly string[], reason: string): ConnectionFailedError {
  return new ConnectionFailedError(`cannot connect to ${addresses.join(", ")}: ${reason}`, addresses);
}

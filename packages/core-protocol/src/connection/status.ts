import type { NatsConnection, Status } from "@nats-io/nats-core";
import { toStationkitError } from "../errors/nats-error.js";
import type { StationkitError } from "../errors/stationkit-error.js";

/** What happens to a connection while it is open. */
export type ConnectionStatus =
  | { readonly type: "disconnected"; readonly server: string }
  | { readonly type: "reconnecting" }
  | { readonly type: "reconnected"; readonly server: string }
  /** The server is about to shut down; the client moves to another one when there is one. */
  | { readonly type: "lame-duck"; readonly server: string }
  | { readonly type: "servers-changed"; readonly added: readonly string[]; readonly removed: readonly string[] }
  /** Two pings went unanswered: the socket is given up. `disconnected` follows. */
  | { readonly type: "stale" }
  /** The server reported an error, such as a permission violation, that no request claimed. */
  | { readonly type: "error"; readonly error: StationkitError }
  /** Last event; `error` when nobody asked for the end. */
  | { readonly type: "closed"; readonly error?: StationkitError };

/** Hands every status of a nats.js connection to `onStatus`, in order, `closed` last. Ends by itself. */
export async function followStatus(
  natsConnection: NatsConnection,
  onStatus: (status: ConnectionStatus) => void,
): Promise<void> {
  for await (const status of natsConnection.status()) {
    const translated = translate(status);
    if (translated !== undefined) onStatus(translated);
  }
  const reason = await natsConnection.closed();
  onStatus(reason instanceof Error ? { type: "closed", error: toStationkitError(reason) } : { type: "closed" });
}

function translate(status: Status): ConnectionStatus | undefined {
  switch (status.type) {
    case "disconnect":
      return { type: "disconnected", server: status.server };
    case "reconnecting":
      return { type: "reconnecting" };
    case "reconnect":
      return { type: "reconnected", server: status.server };
    case "ldm":
      return { type: "lame-duck", server: status.server };
    case "update":
      return { type: "servers-changed", added: status.added ?? [], removed: status.deleted ?? [] };
    case "staleConnection":
      return { type: "stale" };
    case "error":
      return { type: "error", error: toStationkitError(status.error) };
    // `close` is told from closed(), which also knows why; the others are told by `disconnected` or to subscribers.
    case "close":
    case "forceReconnect":
    case "ping":
    case "slowConsumer":
      return undefined;
  }
}

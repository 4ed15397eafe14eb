import type { NatsConnection, Status } from "@nats-io/nats-core";
import { toStationkitError } from "../errors/nats-error.js";
import type { StationkitError } from "../errors/stationkit-error.js";
import { ConnectionLostError } from "../errors/transport-errors.js";

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
  /** The server reported an error, such as a permission violation; a request that it belongs to rejects with it as well. */
  | { readonly type: "error"; readonly error: StationkitError }
  /** Last event; `error` when nobody asked for the end. */
  | { readonly type: "closed"; readonly error?: StationkitError };

/** Reads the statuses of one connection. */
export interface StatusFollower {
  /** Resolves after the last status. */
  readonly done: Promise<void>;
  /** Ends it before the connection ends: nothing is told any more. */
  stop(): void;
}

/** What to follow. */
export interface StatusSource {
  readonly natsConnection: NatsConnection;
  /** Named in errors. */
  readonly servers: readonly string[];
  /** Whether the end, when it comes, was asked for by someone. */
  readonly isEndExpected: () => boolean;
}

/** Hands every status of a nats.js connection to `onStatus`, in order, `closed` last. Ends by itself, when the connection ends. */
export function followStatus(source: StatusSource, onStatus: (status: ConnectionStatus) => void): StatusFollower {
  const { natsConnection, servers } = source;
  const statuses = natsConnection.status();
  let stopped = false;
  let disconnected = false;

  async function follow(): Promise<void> {
    for await (const status of statuses) {
      if (stopped) return;
      if (status.type === "disconnect") disconnected = true;
      if (status.type === "reconnect") disconnected = false;
      const translated = translate(status, servers);
      if (translated !== undefined) onStatus(translated);
    }
    if (stopped) return;
    const reason = await natsConnection.closed();
    if (reason instanceof Error) onStatus({ type: "closed", error: toStationkitError(reason, { servers }) });
    // Without reconnecting, nats.js ends a connection that the server has closed in good order, and gives no reason.
    else if (disconnected && !source.isEndExpected()) onStatus({ type: "closed", error: lost() });
    else onStatus({ type: "closed" });
  }

  return {
    done: follow(),
    stop() {
      stopped = true;
      (statuses as { stop?: () => void }).stop?.();
    },
  };
}

function lost(): StationkitError {
  return new ConnectionLostError("the server closed the connection, and reconnecting is off");
}

function translate(status: Status, servers: readonly string[]): ConnectionStatus | undefined {
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
      // nats.js sends one for every INFO of a cluster, with or without a change.
      if (isEmpty(status.added) && isEmpty(status.deleted)) return undefined;
      return { type: "servers-changed", added: status.added ?? [], removed: status.deleted ?? [] };
    case "staleConnection":
      return { type: "stale" };
    case "error":
      return { type: "error", error: toStationkitError(status.error, { servers }) };
    // `close` is told from closed(), which also knows why; the others are told by `disconnected` or to subscribers.
    case "close":
    case "forceReconnect":
    case "ping":
    case "slowConsumer":
      return undefined;
  }
}

function isEmpty(list: readonly string[] | undefined): boolean {
  return list === undefined || list.length === 0;
}

import type { NatsConnection, ServerInfo } from "@nats-io/nats-core";
import { toStationkitError } from "../errors/nats-error.js";
import { ConnectionClosedError } from "../errors/transport-errors.js";
import { EventEmitter, type Listener } from "../event-emitter.js";
import { requireDurationMs } from "../validation.js";
import { closeNow } from "./close-now.js";
import { type ControlPlane, decideControlPlane } from "./control-plane.js";
import { createJetStreamApi, type JetStreamApi } from "./jetstream-api.js";
import { isLive } from "./nats-internals.js";
import type { ResolvedConnectOptions } from "./options.js";
import { Outbound } from "./outbound.js";
import type { RequestOptions } from "./request-options.js";
import { headerBlock } from "./published-headers.js";
import { type ConnectionStatus, followStatus } from "./status.js";

/** What the server said of itself when this connection was last made. */
export interface ServerDescription {
  /** Address, `host:port`. */
  readonly address: string;
  readonly name: string;
  /** Version of nats-server, such as `2.10.27`. */
  readonly version: string;
  /** Largest message, headers and payload together. */
  readonly maxPayloadBytes: number;
  /** Name of its cluster; undefined for a single server. */
  readonly cluster: string | undefined;
  /** Whether this server runs JetStream itself; another one of its cluster may. */
  readonly jetStream: boolean;
  /** JetStream API level: 0 before 2.11, 2 since 2.12, 4 since 2.14. */
  readonly jetStreamApiLevel: number;
}

/** Events of a connection. */
export interface ConnectionEvents {
  status: [status: ConnectionStatus];
}

/** One socket to the broker, shared by any number of producers, consumers and admins. */
export interface Connection extends AsyncDisposable {
  /** UUID, new for every `connect()`, kept over reconnects. */
  readonly id: string;
  /** Bare user name of the login; undefined when it has none. */
  readonly username: string | undefined;
  readonly state: "connected" | "reconnecting" | "closed";
  readonly server: ServerDescription;
  /** The nats.js connection underneath. */
  readonly natsConnection: NatsConnection;
  readonly jetStream: JetStreamApi;
  /** Publishes messages with headers, many in one write. */
  readonly outbound: Outbound;
  /**
   * Who makes stations and registers producers and consumers. Decided once per connection, when it is first asked; see
   * `ConnectOptions.controlPlane`.
   * @throws {StationkitError} when it cannot be found out now, as without an answer of the server; the next call tries again.
   */
  controlPlane(): Promise<ControlPlane>;
  /** Prefix of reply subjects. */
  readonly inboxPrefix: string;
  /** Largest `close()` time in milliseconds. */
  readonly closeTimeoutMs: number;
  on<Name extends keyof ConnectionEvents>(name: Name, listener: Listener<ConnectionEvents[Name]>): void;
  off<Name extends keyof ConnectionEvents>(name: Name, listener: Listener<ConnectionEvents[Name]>): void;
  /**
   * Sends a request, without headers unless `headerLines` has any, and resolves with the bytes of the first answer.
   * @throws {RequestTimeoutError} outcome unknown. @throws {BrokerError} when nobody listens on the subject.
   */
  request(subject: string, payload: Uint8Array | string, options?: RequestOptions): Promise<Uint8Array>;
  /** Registers work for `close()` to finish first, such as a producer's flush. @returns how to take it back. */
  beforeClose(work: () => Promise<unknown>): () => void;
  /**
   * Lets producers flush, drains the socket and closes it, within `closeTimeoutMs`. A brought `natsConnection` stays open.
   * Resolves when done; calling it again gives the same promise. Never rejects: producers report what they could not deliver.
   */
  close(): Promise<void>;
}

/** What `connect()` has found out. */
export interface ConnectionParts {
  readonly id: string;
  readonly username: string | undefined;
  readonly natsConnection: NatsConnection;
  readonly options: ResolvedConnectOptions;
}

export function createConnection({ id, username, natsConnection, options }: ConnectionParts): Connection {
  const emitter = new EventEmitter<ConnectionEvents>(["status"]);
  const closers = new Set<() => Promise<unknown>>();
  let closing: Promise<void> | undefined;
  let released = false;
  let ended = false;
  let { info } = natsConnection;
  let server = describeServer(natsConnection, info);
  const brought = options.natsConnection !== undefined;

  const follower = followStatus(
    {
      natsConnection,
      servers: brought ? [natsConnection.getServer()] : options.servers.addresses,
      isEndExpected: () => brought || closing !== undefined,
    },
    tell,
  );

  function tell(status: ConnectionStatus): void {
    if (ended) return;
    if (status.type === "closed") ended = released = true;
    emitter.emit("status", status);
  }

  async function request(
    subject: string,
    payload: Uint8Array | string,
    requestOptions?: RequestOptions,
  ): Promise<Uint8Array> {
    const timeoutMs = requireDurationMs("timeoutMs", requestOptions?.timeoutMs ?? options.requestTimeoutMs);
    // A brought connection is still open then, but no longer this one's to use.
    if (released) throw new ConnectionClosedError("the connection is closed", "not-sent");
    try {
      const headers = requestOptions?.headerLines === undefined ? undefined : headerBlock(requestOptions.headerLines);
      return (await natsConnection.request(subject, payload, { timeout: timeoutMs, ...(headers && { headers }) })).data;
    } catch (error) {
      throw toStationkitError(error, { ...requestOptions, subject, timeoutMs });
    }
  }

  async function close(): Promise<void> {
    const deadline = Date.now() + options.closeTimeoutMs;
    await within(deadline, Promise.allSettled([...closers].map(async (work) => work())));
    released = true;
    if (brought) {
      follower.stop();
      tell({ type: "closed" });
      return;
    }
    // A drain ends with a round trip, which an absent server cannot answer.
    if (isLive(natsConnection) && !natsConnection.isClosed()) await within(deadline, natsConnection.drain());
    await closeNow(natsConnection);
    await follower.done;
  }

  const jetStream = createJetStreamApi(options.apiPrefix, request);
  const currentServer = (): ServerDescription => {
    // nats.js forgets the INFO while it dials; the last one still describes what was there.
    const current = natsConnection.info;
    if (current !== undefined && current !== info) {
      info = current;
      server = describeServer(natsConnection, current);
    }
    return server;
  };

  return {
    id,
    username,
    natsConnection,
    inboxPrefix: options.inboxPrefix,
    closeTimeoutMs: options.closeTimeoutMs,
    jetStream,
    controlPlane: decideControlPlane(options.controlPlane, {
      jetStream,
      get server() {
        return currentServer();
      },
    }),
    outbound: new Outbound(natsConnection),
    get state() {
      if (released || natsConnection.isClosed()) return "closed";
      return isLive(natsConnection) ? "connected" : "reconnecting";
    },
    get server() {
      return currentServer();
    },
    on: emitter.on.bind(emitter),
    off: emitter.off.bind(emitter),
    request,
    beforeClose(work) {
      closers.add(work);
      return () => closers.delete(work);
    },
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

function describeServer(natsConnection: NatsConnection, info: ServerInfo | undefined): ServerDescription {
  return {
    address: natsConnection.getServer(),
    name: info?.server_name ?? "",
    version: info?.version ?? "",
    maxPayloadBytes: info?.max_payload ?? 0,
    cluster: info?.cluster,
    jetStream: info?.jetstream ?? false,
    jetStreamApiLevel: info?.api_lvl ?? 0,
  };
}

/** Waits for work until a point in time; what it rejects with is not this caller's to report. */
async function within(deadline: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, deadline - Date.now()));
  });
  await Promise.race([work.then(noop, noop), timeout]);
  clearTimeout(timer);
}

function noop(): void {
  return undefined;
}

import {
  type Connection,
  EventEmitter,
  PermissionDeniedError,
  requireConnection,
  toStationkitError,
} from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";
import type { BridgeEvents } from "./bridge-events.js";
import { type BridgeOptions, resolveBridgeOptions } from "./bridge-options.js";
import type { BridgeContext } from "./context.js";
import { openEventInbox } from "./events/event-inbox.js";
import { answerForGroups } from "./groups/answer-for-groups.js";
import type { MemphisBridge } from "./memphis-bridge.js";
import { endpoints } from "./requests/endpoints.js";
import { RequestServer } from "./requests/request-server.js";
import { BridgeState } from "./state/bridge-state.js";

/**
 * Answers every request of Memphis SDKs on this connection's account, so that they work on plain NATS as on a Memphis broker.
 *
 * Resolves when it listens. Any number of bridges may serve one account, and one of them answers each request: what they know is in
 * JetStream. Makes two streams of its own when they are missing: `KV_memphis_bridge` and `memphis_bridge_events`.
 * @param connection - may be used for other things beside; the bridge does not close it.
 * @throws {UsageError} for options that cannot be right; nothing was made.
 * @throws {PermissionDeniedError} when the login may not listen to requests, events or questions.
 * @throws {StationkitError} when the bridge's own streams cannot be made.
 * @example
 * const connection = await connect({ servers: "127.0.0.1:6666", username: "root", password: "memphis" });
 * const bridge = await serveMemphis(connection);
 * bridge.on("request-answered", ({ subject, error }) => console.log(subject, error));
 * @see Memphis broker 1.4.4, memphis_sdk_handlers.go
 */
export async function serveMemphis(connection: Connection, options: BridgeOptions = {}): Promise<MemphisBridge> {
  requireConnection("serveMemphis", connection);
  const resolved = resolveBridgeOptions(options);
  const emitter = new EventEmitter<BridgeEvents>([
    "request-answered",
    "dead-letter-stored",
    "notification-received",
    "resend-acknowledged",
    "failed",
  ]);
  const context: BridgeContext = {
    connection,
    admin: createStationAdmin(connection, { timeoutMs: resolved.requestTimeoutMs }),
    state: await BridgeState.open(connection, resolved.replicas),
    options: resolved,
    emitter,
  };
  let denied: Error | undefined;
  const note = (error: Error): void => {
    if (error instanceof PermissionDeniedError && error.operation === "subscription") denied ??= error;
  };
  emitter.on("failed", note);
  const listeners: { close(): Promise<void> }[] = [];
  let closing: Promise<void> | undefined;
  const forget = connection.beforeClose(() => close());

  async function end(): Promise<void> {
    await Promise.all(listeners.map((listener) => listener.close()));
    forget();
  }
  function close(): Promise<void> {
    return (closing ??= end());
  }

  try {
    // First: SDKs that are declared are counted from the first request on.
    listeners.push(answerForGroups(context));
    listeners.push(await openEventInbox(context));
    listeners.push(new RequestServer(context, endpoints));
    // Afterwards the server knows of the subscriptions, and has said which of them it denies.
    await connection.natsConnection.flush();
    if (denied !== undefined) throw denied;
  } catch (error) {
    await close();
    throw toStationkitError(denied ?? error, {});
  } finally {
    emitter.off("failed", note);
  }
  return {
    on: emitter.on.bind(emitter),
    off: emitter.off.bind(emitter),
    close,
    [Symbol.asyncDispose]: close,
  };
}

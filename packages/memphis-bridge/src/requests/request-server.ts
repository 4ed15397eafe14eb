import { StationkitError, toStationkitError } from "@stationkit/core-protocol";
import { CONTROL_QUEUE_GROUP, CONTROL_SUBJECT } from "@stationkit/core-protocol/control";
import type { BridgeContext } from "../context.js";
import { requireInbox } from "../inbox.js";
import { Limit } from "../limit.js";
import { QueueListener, type ReceivedMessage } from "../queue-listener.js";
import type { Endpoint } from "./endpoint.js";

/** Requests that mostly wait, at once, for each of `maxConcurrentRequests`. */
const WAITING_PER_PLACE = 16;

/** Listens for requests beside other bridges, and answers those that it gets. */
export class RequestServer {
  readonly #context: BridgeContext;
  readonly #listeners: readonly QueueListener[];

  constructor(context: BridgeContext, endpoints: readonly Endpoint[]) {
    this.#context = context;
    const max = context.options.maxConcurrentRequests;
    const shared = new Limit(max);
    this.#listeners = endpoints.map((endpoint) => {
      const limit = endpoint.mostlyWaits === true ? new Limit(max * WAITING_PER_PLACE) : shared;
      return new QueueListener(context.connection, {
        subject: CONTROL_SUBJECT[endpoint.name],
        queue: CONTROL_QUEUE_GROUP[endpoint.name],
        handle: (message) => this.#handle(endpoint, message, limit),
        onError: (error) => {
          context.emitter.emit("failed", error);
        },
      });
    });
  }

  /** Resolves when every request that has arrived is answered. */
  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }

  async #handle(endpoint: Endpoint, message: ReceivedMessage, limit: Limit): Promise<void> {
    requireInbox(message, this.#context.options.inboxPrefixes);
    const startedAt = performance.now();
    const { reply, error } = await limit.run(() => this.#answer(endpoint, message.data));
    message.respond(reply);
    this.#context.emitter.emit("request-answered", {
      subject: message.subject,
      error,
      durationMs: performance.now() - startedAt,
    });
  }

  async #answer(endpoint: Endpoint, payload: Uint8Array): Promise<{ reply: Uint8Array; error: string }> {
    try {
      return { reply: await endpoint.answer(this.#context, payload), error: "" };
    } catch (cause) {
      const failure = StationkitError.is(cause) ? cause : toStationkitError(cause, {});
      // What the SDK has asked for wrongly is its own business; what went wrong here is the operator's too.
      if (failure.outcome !== "rejected" && failure.outcome !== "not-sent")
        this.#context.emitter.emit("failed", failure);
      return { reply: endpoint.refuse(failure.message), error: failure.message };
    }
  }
}

import { EventEmitter } from "node:events";
import {
  PayloadTooLargeError,
  type StationkitError,
  type StationName,
  StationNotFoundError,
  toStationkitError,
  UsageError,
} from "@stationkit/core-protocol";
import type { PubAck } from "@stationkit/producer";
import type { Log } from "./log.js";
import { retryOnTimeout } from "./retry-on-timeout.js";
import { type ProduceOptions, type ResolvedProduce, resolveProduce } from "./produce-options.js";

/** Where a producer's messages go: one station, or several. */
export interface ProduceTarget {
  send(request: ResolvedProduce): Promise<PubAck | readonly PubAck[] | undefined>;
  /** Waits for all messages and lets go. */
  close(): Promise<void>;
}

/** Sends messages to a station, or to several; made by `memphis.producer()`. */
export class Producer {
  readonly #events = new EventEmitter();
  readonly #target: ProduceTarget;
  readonly #log: Log;
  readonly #onDestroyed: () => void;
  #gone: StationNotFoundError | undefined;

  /** @internal */
  constructor(parts: { readonly target: ProduceTarget; readonly log: Log; readonly onDestroyed: () => void }) {
    this.#target = parts.target;
    this.#log = parts.log;
    this.#onDestroyed = parts.onDestroyed;
  }

  /**
   * Sends a message. With `asyncProduce` (default) it resolves when the message is on its way, which is at once unless many are already;
   * with `asyncProduce: false` when it is stored.
   *
   * What goes wrong later than that is told to `on("error")`, never as an unhandled rejection.
   * @throws {SchemaValidationError} the station's schema refused the message.
   * @throws {UsageError} for bad input; nothing was sent.
   * @throws {StationkitError} whatever our producer says, see its README; with `asyncProduce` it is told to `on("error")` as well.
   */
  produce(options: ProduceOptions): Promise<void> {
    const produced = this.#produce(options, () => {
      hear(produced);
    });
    return produced;
  }

  /**
   * Listens for messages that were sent without waiting and could not be delivered. Without a listener they are logged, unless
   * `suppressLogs` is set.
   */
  on(event: "error", listener: (error: StationkitError) => void): void {
    if ((event as string) !== "error") throw new UsageError(`a producer has no event ${event}, only error`);
    this.#events.on(event, listener);
  }

  /** Waits until all messages have ended, and takes the producer back; what is produced afterwards is refused. */
  async destroy(timeoutRetry?: number): Promise<void> {
    this.#onDestroyed();
    await retryOnTimeout(timeoutRetry, () => this.#target.close());
  }

  /** @internal As `destroy`, for its station is destroyed: what is produced afterwards says so. */
  async leave(station: StationName): Promise<void> {
    this.#gone = new StationNotFoundError(station);
    await this.destroy();
  }

  /** @internal Tells of a message that has failed after `produce` had resolved. */
  failed(error: StationkitError): void {
    if (this.#events.listenerCount("error") > 0) this.#events.emit("error", error);
    else this.#log.error(`a message was not delivered: ${error.message}`);
  }

  /** @internal As `produce`, without events. */
  async send(request: ResolvedProduce): Promise<PubAck | readonly PubAck[] | undefined> {
    if (this.#gone !== undefined) throw this.#gone;
    return this.#target.send(request);
  }

  /**
   * @internal
   * @param onTold - called before the promise rejects with what is told by event as well: nobody has to hear the rejection then.
   */
  async deliver(request: ResolvedProduce, onTold: () => void): Promise<void> {
    try {
      await this.send(request);
    } catch (cause) {
      const error = toStationkitError(cause);
      if (request.asyncProduce && !isCallersFault(error)) {
        onTold();
        this.failed(error);
      }
      throw error;
    }
  }

  async #produce(options: ProduceOptions, onTold: () => void): Promise<void> {
    await this.deliver(resolveProduce(options), onTold);
  }
}

/** A caller who does not await must not end the process over what was told already. */
export function hear(promise: Promise<unknown>): void {
  promise.catch(() => undefined);
}

/** To be seen at the call, and repaired there. */
export function isCallersFault(error: StationkitError): boolean {
  return error instanceof UsageError || error instanceof PayloadTooLargeError;
}

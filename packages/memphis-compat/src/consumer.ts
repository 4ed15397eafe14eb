import { EventEmitter } from "node:events";
import { types } from "node:util";
import { type StationkitError, requireKnownKeys, toStationkitError, UsageError } from "@stationkit/core-protocol";
import { requireBatchSize, type ResolvedConsumerOptions } from "./consumer-options.js";
import type { Log } from "./log.js";
import { Message } from "./message.js";
import type { PartitionReaders } from "./partition-readers.js";
import { choosePartition, type PartitionChoice } from "./produce-options.js";
import { PullLoop } from "./pull-loop.js";
import { retryOnTimeout } from "./retry-on-timeout.js";
import type { HeldSchema } from "./schemas/station-schemas.js";

/** One batch to be fetched by a consumer. */
export interface FetchOptions {
  /** Messages at most, 1 to 5,000, default 10. */
  readonly batchSize?: number | undefined;
  /** Reads only the partition of this key; default: what the consumer reads. */
  readonly consumerPartitionKey?: string | null | undefined;
  /** Reads only this partition, from 1; 0 and less: what the consumer reads. */
  readonly consumerPartitionNumber?: number | null | undefined;
}

/** What a consumer is made of. */
export interface ConsumerParts {
  readonly options: ResolvedConsumerOptions;
  readonly readers: PartitionReaders;
  readonly held: HeldSchema;
  readonly log: Log;
  /** Takes the consumer back, and the group's place unless somebody else reads with it. */
  readonly removeMember: () => Promise<void>;
  readonly onDestroyed: () => void;
}

const FETCH_KEYS: ReadonlySet<string> = new Set(["batchSize", "consumerPartitionKey", "consumerPartitionNumber"]);
const DEFAULT_BATCH = 10;

/** A member of a consumer group; made by `memphis.consumer()`. */
export class Consumer {
  /** What listeners of `message` are given beside the message; see `setContext`. */
  context: object = {};
  /** @internal */
  readonly stationName: string;
  readonly #parts: ConsumerParts;
  readonly #events = new EventEmitter();
  readonly #loop: PullLoop<Message>;

  /** @internal */
  constructor(parts: ConsumerParts) {
    this.#parts = parts;
    this.stationName = parts.options.station;
    const { pullIntervalMs, batchSize, batchMaxTimeToWaitMs } = parts.options;
    this.#loop = new PullLoop<Message>({
      intervalMs: pullIntervalMs,
      // No longer than to the next: whoever listens gets a batch that is not full when memphis-dev's next pull would have got it.
      fetch: () => this.read(batchSize, {}, Math.min(batchMaxTimeToWaitMs, pullIntervalMs)),
      deliver: (message) => {
        this.#deliver(message);
      },
      giveBack: (message) => {
        message.nack();
      },
      failed: (error) => {
        this.failed(toStationkitError(error));
      },
    });
  }

  setContext(context: object): void {
    this.context = context;
  }

  /**
   * `message`: begins to read. Every `pullIntervalMs` up to `batchSize` messages are asked for, and handed to the listeners as they are,
   * without waiting for one before the next. `error`: what could not be read or answered, and what a listener of `message` threw; without
   * a listener it is logged, unless `suppressLogs` is set.
   */
  on(event: "message", listener: (message: Message, context: any) => unknown): void; // eslint-disable-line @typescript-eslint/no-explicit-any -- memphis-dev's type
  on(event: "error", listener: (error: Error) => unknown): void;
  on(event: "message" | "error", listener: (...values: never[]) => unknown): void {
    if ((event as string) !== "message" && (event as string) !== "error") {
      throw new UsageError(`a consumer has no event ${event}, only message and error`);
    }
    if (typeof listener !== "function") throw new UsageError(`the listener of ${event} must be a function`);
    if (event === "error") this.#events.on(event, listener as (error: Error) => unknown);
    else {
      this.#events.on(event, (message: Message) => {
        this.#call(listener as (message: Message, context: object) => unknown, message);
      });
      this.#loop.start();
    }
  }

  /**
   * Resolves with up to `batchSize` messages, from all partitions: as soon as there are so many, or after the consumer's
   * `batchMaxTimeToWaitMs`.
   * @throws {UsageError} for bad options. @throws {ConsumerClosedError} after `destroy()`.
   */
  async fetch(options: FetchOptions = {}): Promise<Message[]> {
    requireKnownKeys("fetch", options, FETCH_KEYS);
    const batchSize = requireBatchSize(options.batchSize ?? DEFAULT_BATCH);
    const asked = choosePartition(options.consumerPartitionKey, options.consumerPartitionNumber);
    return this.read(batchSize, asked, this.#parts.options.batchMaxTimeToWaitMs);
  }

  /**
   * Hands nothing to listeners any more, until the next `on("message")`. A batch that is on its way is given back, which costs each of its
   * messages a delivery; memphis-dev hands it to the listeners.
   */
  stop(): void {
    this.#loop.stop();
  }

  /** Stops, and takes the consumer back; the group's place goes with its last member. */
  async destroy(timeoutRetry?: number): Promise<void> {
    await this.leave();
    await retryOnTimeout(timeoutRetry, this.#parts.removeMember);
  }

  /** @internal One batch, of a wait that the caller chooses. */
  async read(batchSize: number, asked: PartitionChoice, maxWaitMs: number): Promise<Message[]> {
    const { readers, options, held } = this.#parts;
    const reader = await readers.get(Object.keys(asked).length === 0 ? options.partition : asked);
    const messages = await reader.fetch({ batchSize, maxWaitMs });
    return messages.map(
      (message) =>
        new Message(message, held.schema, (error) => {
          this.failed(error);
        }),
    );
  }

  /** @internal Lets go of everything here; the group stays. */
  async leave(): Promise<void> {
    this.stop();
    this.#parts.onDestroyed();
    await this.#parts.readers.close();
    this.#parts.held.release();
  }

  /** @internal */
  failed(error: StationkitError): void {
    this.#tell(error);
  }

  #deliver(message: Message): void {
    this.#events.emit("message", message);
  }

  /** What a listener throws is no reason to end the process: its message comes again. */
  #call(listener: (message: Message, context: object) => unknown, message: Message): void {
    try {
      const result = listener(message, this.context);
      if (types.isPromise(result)) {
        result.catch((error: unknown) => {
          this.#tell(error);
        });
      }
    } catch (error) {
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    if (this.#events.listenerCount("error") > 0) this.#events.emit("error", error);
    else this.#parts.log.error(`reading: ${error instanceof Error ? error.message : String(error)}`);
  }
}

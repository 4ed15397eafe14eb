import {
  type Connection,
  ConnectionClosedError,
  EventEmitter,
  type StationkitError,
  type StationName,
  UsageError,
} from "@stationkit/core-protocol";
import type { Station } from "@stationkit/station-admin";
import type { Consumer, ConsumerEvents, FetchOptions, PartitionLag } from "./consumer.js";
import { ConsumerClosedError, type UndecodableMessageError } from "./consumer-errors.js";
import type { ResolvedConsumerOptions } from "./consumer-options.js";
import { Dispatcher, type Handler } from "./dispatch.js";
import { Burials } from "./engine/burials.js";
import type { DeadLetterSink } from "./engine/dead-letter-sink.js";
import type { Durables } from "./engine/durables.js";
import type { DurableInfo } from "./engine/durable-config.js";
import { GroupReader } from "./engine/group-reader.js";
import type { StationMessage } from "./engine/station-message.js";
import { Fetches, resolveFetchOptions } from "./fetch.js";
import { Iterations } from "./iteration.js";
import type { Declaration } from "./declaration/declaration.js";
import { readLag } from "./lag.js";
import type { ConsumerMessage } from "./message.js";
import { Stillness } from "./stillness.js";

/** What a consumer is made of. */
export interface GroupConsumerParts {
  readonly connection: Connection;
  readonly options: ResolvedConsumerOptions;
  readonly declaration: Declaration;
  /** Called once, when the consumer has released everything. */
  readonly onClosed: () => void;
}

type Listener = (...event: never[]) => unknown;

const EVENTS: readonly (keyof ConsumerEvents)[] = [
  "message",
  "handler-failed",
  "message-undecodable",
  "message-dead-lettered",
  "dead-letter-failed",
  "reading-interrupted",
  "reading-resumed",
  "partition-assigned",
  "partition-revoked",
];

/** The public object: hands out what the group reader has, in one of three ways at a time. */
export class GroupConsumer<T> implements Consumer<T> {
  readonly consumerName: string;
  readonly consumerGroup: string;
  readonly #connection: Connection;
  readonly #options: ResolvedConsumerOptions;
  readonly #durables: Durables;
  readonly #events = new EventEmitter<ConsumerEvents<T>>(EVENTS);
  readonly #reader: GroupReader;
  readonly #deadLetters: DeadLetterSink;
  readonly #burials: Burials;
  readonly #iterations: Iterations<T>;
  readonly #fetches: Fetches;
  readonly #stillness: Stillness;
  readonly #onClosed: () => void;
  readonly #openResent: Declaration["openResent"];
  #closeResent: () => void = () => undefined;
  #station: Station;
  #dispatcher: Dispatcher | undefined;
  #messageListener: Listener | undefined;
  #leaveConnection: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  /** Nothing will be handed out any more, once the intake is empty. */
  #isEnding = false;

  constructor({ connection, options, declaration, onClosed }: GroupConsumerParts) {
    const { station, durables, infos, deadLetters, openResent } = declaration;
    this.consumerName = options.consumerName;
    this.consumerGroup = options.group;
    this.#connection = connection;
    this.#options = options;
    this.#station = station;
    this.#durables = durables;
    this.#onClosed = onClosed;
    this.#deadLetters = deadLetters;
    this.#openResent = openResent;
    this.#burials = new Burials(deadLetters, {
      buried: (notice) => {
        this.#events.emit("message-dead-lettered", notice);
      },
      failed: (error) => {
        this.#events.emit("dead-letter-failed", error);
      },
      delayMs: () => this.#reader.ackTimeoutMs,
    });
    const isListening = (): boolean => this.#dispatcher !== undefined;
    this.#reader = new GroupReader({
      connection,
      options,
      station,
      durables,
      infos,
      observer: {
        get keepsRoom() {
          return isListening();
        },
        isHungry: (partition) =>
          this.#dispatcher === undefined
            ? this.#iterations.isWaiting || this.#fetches.isActive
            : !this.#dispatcher.isBusy(partition),
        arrived: () => {
          this.#serve();
        },
        progress: () => {
          this.#fetches.progress();
          this.#stillness.moved();
        },
        interrupted: (error, partition) => {
          this.interrupted(error, partition);
        },
        resumed: (partition) => {
          this.#events.emit("reading-resumed", { station: station.name, partition });
        },
        bury: (message, reason) => this.#burials.bury(message, "rejected", reason),
        assigned: (partition) => {
          this.#events.emit("partition-assigned", { station: station.name, partition });
        },
        revoked: (partition) => {
          this.#events.emit("partition-revoked", { station: station.name, partition });
        },
        ended: () => {
          void this.close();
          // No answer can come any more, should it be closing already.
          this.#stillness.moved();
        },
        waiting: () => [...(this.#dispatcher?.waiting ?? []), ...this.#fetches.waiting],
        takeWaiting: (matches) => this.#dispatcher?.takeWaiting(matches) ?? [],
        leaving: (partition) => {
          this.#fetches.giveBack(partition);
        },
        exhaust: (message) => this.#burials.exhaust(message),
        givenUp: (message) => void this.#burials.givenUp(message),
        unheard: (error) => {
          this.#events.emit("dead-letter-failed", error);
        },
      },
    });
    this.#stillness = new Stillness({
      inHand: () => this.#inHand(),
      isConnected: () => connection.state === "connected",
      patienceMs: options.closeTimeoutMs,
    });
    const take = (): StationMessage | undefined => this.#take();
    const source = {
      take: () => take() as unknown as ConsumerMessage<T> | undefined,
      get isEnded() {
        return isEnded();
      },
    };
    const isEnded = (): boolean => this.#isEnding && this.#reader.intake.length === 0;
    this.#iterations = new Iterations(source, {
      first: () => {
        this.#reader.start();
      },
      none: () => {
        this.#reader.stop();
      },
      waiting: () => {
        this.#reader.feed();
      },
    });
    this.#fetches = new Fetches({
      readers: () => [...this.#reader.readers],
      take,
      isClosed: () => this.#isEnding,
      ackTimeoutMs: () => this.#reader.ackTimeoutMs,
      prefetch: this.#reader.isExclusive
        ? {
            start: () => {
              this.#reader.start();
            },
            stop: () => {
              if (!this.#iterations.isActive && this.#dispatcher === undefined) this.#reader.stop();
            },
          }
        : undefined,
    });
  }

  get stationName(): StationName {
    return this.#station.name;
  }

  get partitions(): readonly number[] {
    return this.#reader.partitions;
  }

  /** Starts to listen for answers. @throws {PermissionDeniedError} when the login may not. */
  async open(): Promise<void> {
    await this.#reader.open();
    const { intake } = this.#reader;
    this.#closeResent =
      this.#openResent?.({
        get waiting() {
          return intake.length;
        },
        deliver: (message) => {
          intake.push(message);
          this.#serve();
        },
      }) ?? this.#closeResent;
    this.#leaveConnection = this.#connection.beforeClose(() => this.close());
  }

  /** The station has changed, or was made again. */
  follow(station: Station): void {
    this.#station = station;
    this.#deadLetters.follow(station);
    this.#reader.keepOnly(station.partitions);
  }

  /** Whether this is still how the station is, and the consumer open. */
  isFollowing(station: Station): boolean {
    return this.#station === station && this.#closing === undefined;
  }

  /** One more partition is read from now on. */
  add(partition: number, info: DurableInfo): void {
    if (this.#closing === undefined) this.#reader.add(partition, info);
  }

  interrupted(error: StationkitError, partition: number): void {
    this.#events.emit("reading-interrupted", error, { station: this.#station.name, partition });
  }

  /** The station was destroyed: one of that name begins from its first message. */
  verifyPlaces(): void {
    this.#reader.verifyPlaces();
  }

  [Symbol.asyncIterator](): AsyncIterator<ConsumerMessage<T>, undefined> {
    if (this.#closing === undefined) this.#requireFree("iterate over messages", { listening: true, fetching: true });
    return this.#iterations.begin();
  }

  async fetch(options: FetchOptions = {}): Promise<ConsumerMessage<T>[]> {
    const resolved = resolveFetchOptions(options);
    this.#requireConnection();
    if (this.#closing !== undefined) throw new ConsumerClosedError(this.consumerName);
    this.#requireFree("fetch", { listening: true, iterating: true });
    const messages = await this.#fetches.fetch(resolved);
    if (messages.length === 0) this.#requireConnection();
    return messages as unknown as ConsumerMessage<T>[];
  }

  on<Name extends keyof ConsumerEvents<T>>(name: Name, listener: (...event: ConsumerEvents<T>[Name]) => unknown): void {
    if (name === "message") this.#listen(listener);
    else this.#events.on(name, listener);
  }

  off<Name extends keyof ConsumerEvents<T>>(
    name: Name,
    listener: (...event: ConsumerEvents<T>[Name]) => unknown,
  ): void {
    if (name !== "message") this.#events.off(name, listener);
    else if (listener === this.#messageListener) this.#unlisten();
  }

  lag(): Promise<readonly PartitionLag[]> {
    return readLag(this.#durables, this.partitions);
  }

  drain(): Promise<void> {
    return (this.#closing ??= this.#end({ handsOut: true }));
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#end({ handsOut: false }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A message came in: it goes to whoever is there. */
  #serve(): void {
    // A listener may be taken away, or be followed by another, within its own call.
    for (;;) {
      if (this.#dispatcher === undefined) {
        this.#iterations.serve();
        this.#fetches.progress();
        return;
      }
      const message = this.#reader.intake.shift();
      if (message === undefined) return;
      this.#dispatcher.dispatch(message);
    }
  }

  /** The next message that can be read, handed out. */
  #take(): StationMessage | undefined {
    let message = this.#reader.intake.shift();
    while (message !== undefined && !this.#open(message)) message = this.#reader.intake.shift();
    return message;
  }

  /** Hands a message out. @returns false for one that cannot be read: it becomes a dead letter. */
  #open(message: StationMessage): boolean {
    const { deserializer } = this.#options;
    if (deserializer !== undefined) {
      try {
        message.deserialize(deserializer);
      } catch (error) {
        this.#reader.handOut(message);
        this.#events.emit("message-undecodable", error as UndecodableMessageError);
        void this.#burials.buryOrDelay(message, "undecodable", (error as Error).message);
        return false;
      }
    }
    this.#reader.handOut(message);
    return true;
  }

  #listen(listener: Listener): void {
    if (typeof listener !== "function") throw new UsageError("the listener of message must be a function");
    if (this.#closing !== undefined) throw new ConsumerClosedError(this.consumerName);
    this.#requireFree("listen to messages", { listening: true, iterating: true, fetching: true });
    this.#messageListener = listener;
    this.#dispatcher = new Dispatcher({
      handler: listener as Handler,
      open: (message) => this.#open(message),
      failed: (error, message) => {
        this.#handlerFailed(error, message);
      },
      done: () => {
        this.#stillness.moved();
        this.#reader.feed();
      },
    });
    this.#reader.start();
    this.#serve();
  }

  #unlisten(): void {
    this.#reader.stop();
    const waiting = this.#dispatcher?.takeWaiting() ?? [];
    this.#dispatcher = undefined;
    this.#messageListener = undefined;
    for (const message of waiting) this.#reader.intake.push(message);
  }

  #handlerFailed(error: unknown, message: StationMessage): void {
    void message.nack();
    if (!this.#events.emit("handler-failed", error, message as unknown as ConsumerMessage<T>)) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #requireConnection(): void {
    if (this.#connection.state === "closed")
      throw new ConnectionClosedError(`the connection of consumer "${this.consumerName}" is closed`, "not-sent");
  }

  #requireFree(what: string, { listening = false, iterating = false, fetching = false }): void {
    const hindrance =
      (listening && this.#dispatcher !== undefined && "they are listened to") ||
      (iterating && this.#iterations.isActive && "they are iterated over") ||
      (fetching && this.#fetches.isActive && "they are fetched");
    if (hindrance)
      throw new UsageError(`cannot ${what} while ${hindrance}: use one way at a time, or another consumer`);
  }

  async #end({ handsOut }: { readonly handsOut: boolean }): Promise<void> {
    this.#reader.pause();
    this.#closeResent();
    await this.#reader.endRequests();
    this.#isEnding = true;
    if (!handsOut) this.#reader.giveBack();
    this.#iterations.serve();
    this.#fetches.progress();
    await this.#stillness.wait();
    this.#reader.giveBack();
    this.#iterations.serve();
    await this.#reader.close();
    this.#leaveConnection?.();
    this.#onClosed();
  }

  #inHand(): number {
    return this.#reader.intake.length + this.#reader.handedOut + (this.#dispatcher?.pending ?? 0);
  }
}

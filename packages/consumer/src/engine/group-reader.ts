import {
  type Connection,
  type ConnectionStatus,
  type StationkitError,
  toStationkitError,
} from "@stationkit/core-protocol";
import { type ConsumerGroupSettings, readGroupSettings, type Station } from "@stationkit/station-admin";
import type { ResolvedConsumerOptions } from "../consumer-options.js";
import { AckClock, RENEW_AT_HAND_OUT_TICKS, RENEW_WAITING_TICKS } from "./ack-clock.js";
import { findByStream } from "./ack-subject.js";
import { AnswerWriter } from "./answer-writer.js";
import type { DurableInfo } from "./durable-config.js";
import type { Durables } from "./durables.js";
import { CarefulStart } from "./careful-start.js";
import type { DeadMessage } from "./dead-letter-writer.js";
import { Coordinator } from "./exclusive/coordinator.js";
import { GivenUpWatch } from "./given-up-watch.js";
import { Inbox } from "./inbox.js";
import { Intake } from "./intake.js";
import { PartitionReader, type ReaderHost } from "./partition-reader.js";
import { findStandingStill } from "./standing-still.js";
import type { StationMessage } from "./station-message.js";

/** Who is told of what happens. */
export interface ReadingObserver {
  /** Whether whoever reads wants the message to keep its room until it is answered. */
  readonly keepsRoom: boolean;
  /** Whether somebody waits for a message of the partition, and has none in hand. */
  isHungry(partition: number): boolean;
  /** A message waits in the intake. */
  arrived(): void;
  /** Something was answered, or has ended. */
  progress(): void;
  interrupted(error: StationkitError, partition: number): void;
  resumed(partition: number): void;
  bury(message: StationMessage, reason: string): Promise<void>;
  exhaust(message: StationMessage): Promise<void>;
  /** The server itself has stopped delivering a message. */
  givenUp(message: DeadMessage): void;
  /** What the server stops delivering cannot be heard of, or not be read. */
  unheard(error: StationkitError): void;
  assigned(partition: number): void;
  revoked(partition: number): void;
  /** The connection has ended for good, whoever ended it. */
  ended(): void;
  /** What waits outside of the intake for its turn. */
  waiting(): readonly StationMessage[];
  /** Takes out what waits outside of the intake for its turn, and matches. */
  takeWaiting(matches: (message: StationMessage) => boolean): readonly StationMessage[];
  /** All of a partition is to be given back, also what a fetch has of it. */
  leaving(partition: number): void;
}

/** What a group reader is made of. */
export interface GroupReaderParts {
  readonly connection: Connection;
  readonly options: ResolvedConsumerOptions;
  readonly station: Station;
  readonly durables: Durables;
  /** Of the partitions that are read, by number. */
  readonly infos: ReadonlyMap<number, DurableInfo>;
  readonly observer: ReadingObserver;
}

/** All partitions of one member: what arrives from any of them waits in one intake. */
export class GroupReader {
  readonly intake: Intake = new Intake();
  readonly writer: AnswerWriter;
  readonly #connection: Connection;
  readonly #options: ResolvedConsumerOptions;
  readonly #observer: ReadingObserver;
  readonly #inbox: Inbox;
  readonly #clock: AckClock;
  readonly #host: ReaderHost;
  readonly #byPartition = new Map<number, PartitionReader>();
  readonly #byStream = new Map<string, PartitionReader>();
  readonly #coordinator: Coordinator | undefined;
  readonly #givenUp: GivenUpWatch;
  readonly #carefulStart = new CarefulStart();
  #heartbeats: NodeJS.Timeout | undefined;
  #isWanted = false;
  /** Nothing will come any more; what is here is handed out, or given back by whoever ends it. */
  #isEnding = false;
  /** Ticks for which messages have waited and nobody wanted them. */
  #unwantedTicks = 0;

  constructor({ connection, options, station, durables, infos, observer }: GroupReaderParts) {
    this.#connection = connection;
    this.#options = options;
    this.#observer = observer;
    this.writer = new AnswerWriter(connection);
    this.#inbox = new Inbox(connection, {
      onMessage: (message, ackSubject) => findByStream(ackSubject, this.#byStream)?.arrive(message),
      onStatus: (message, partition) => this.#byPartition.get(partition)?.status(message),
    });
    const settings = [...infos.values()].map(({ config }) => readGroupSettings(config));
    this.#clock = new AckClock(shortestAckTimeoutMs(settings), (tick) => {
      this.#advance(tick);
    });
    this.#host = {
      connection,
      station: station.name,
      group: options.group,
      durables,
      inbox: this.#inbox,
      writer: this.writer,
      clock: this.#clock,
      heartbeatMs: options.heartbeatMs,
      deliver: (message) => {
        this.intake.push(message);
        observer.arrived();
      },
      bury: (message, reason) => observer.bury(message, reason),
      exhaust: (message) => observer.exhaust(message),
      isHungry: (partition) => observer.isHungry(partition),
      progress: () => {
        this.#carefulStart.progress();
        observer.progress();
      },
      giveBack: (reader) => {
        observer.leaving(reader.partition);
        const kept = reader.hold?.takeKept() ?? [];
        this.#giveBack([...kept, ...this.#takeWaiting(({ partition }) => partition === reader.partition)]);
      },
      assigned: (reader) => {
        observer.assigned(reader.partition);
      },
      revoked: (reader) => {
        observer.revoked(reader.partition);
      },
      interrupted: (reader, error) => {
        observer.interrupted(error, reader.partition);
      },
      resumed: (reader) => {
        observer.resumed(reader.partition);
      },
      ackTimeoutChanged: () => {
        this.#followAckTimeout();
      },
    };
    this.#givenUp = new GivenUpWatch({
      ...{ connection, durables, station: station.name },
      givenUp: (message) => {
        observer.givenUp(message);
      },
      failed: (error) => {
        observer.unheard(toStationkitError(error));
      },
    });
    for (const [partition, info] of infos) this.#addReader(partition, info, infos.size);
    const isExclusive = [...this.readers].some(({ hold }) => hold !== undefined);
    this.#coordinator = isExclusive
      ? new Coordinator({
          connection,
          station: station.name,
          group: options.group,
          holds: () => new Map([...this.readers].flatMap(({ partition, hold }) => (hold ? [[partition, hold]] : []))),
          wantsAll: options.partitionNumber !== undefined || options.partitionKey !== undefined,
        })
      : undefined;
  }

  /** The group's; the shortest, should its partitions differ. */
  get ackTimeoutMs(): number {
    return this.#clock.ackTimeoutMs;
  }

  get isExclusive(): boolean {
    return this.#coordinator !== undefined;
  }

  get partitions(): readonly number[] {
    return [...this.#byPartition.keys()].sort((a, b) => a - b);
  }

  get readers(): Iterable<PartitionReader> {
    return this.#byPartition.values();
  }

  /** Messages that are in hand and unanswered. */
  get handedOut(): number {
    let sum = 0;
    for (const reader of this.readers) sum += reader.handedOut.messages;
    return sum;
  }

  /** @throws {PermissionDeniedError} when this login may not read what it asks for. */
  async open(): Promise<void> {
    await this.#inbox.open();
    // A refusal comes a round trip later, when whoever made this consumer can listen to it.
    for (const reader of this.readers) this.#hearWhatIsGivenUp(reader);
    this.#connection.on("status", this.#onStatus);
    this.#clock.start();
    this.#heartbeats = setInterval(() => {
      for (const reader of this.readers) reader.watch();
    }, this.#options.heartbeatMs).unref();
  }

  /** The station has grown by a partition. */
  add(partition: number, info: DurableInfo): void {
    if (this.#byPartition.has(partition)) return;
    const reader = this.#addReader(partition, info, this.#byPartition.size + 1);
    this.#followAckTimeout();
    this.#hearWhatIsGivenUp(reader);
    if (this.#isWanted) reader.start();
    this.#coordinator?.share();
  }

  /** Reads no partition that the station does not have (any more). */
  keepOnly(partitions: readonly number[]): void {
    for (const reader of [...this.readers]) {
      if (partitions.includes(reader.partition)) continue;
      reader.close();
      this.#givenUp.remove(reader.partition);
      this.#byPartition.delete(reader.partition);
      this.#byStream.delete(reader.stream);
    }
  }

  /** The station was destroyed. */
  verifyPlaces(): void {
    for (const reader of this.readers) reader.verify();
  }

  /** Somebody wants messages. */
  start(): void {
    this.#isWanted = true;
    // Of an exclusive group the holds say when.
    if (this.isExclusive) for (const reader of this.readers) reader.start();
    else this.#carefulStart.start([...this.readers]);
    this.#coordinator?.join();
  }

  /** Nobody wants messages for now; those that are on their way still come. An exclusive group's partitions are left to others. */
  stop(): void {
    this.pause();
    void this.#coordinator?.leave();
  }

  /** Asks for no more messages. */
  pause(): void {
    this.#isWanted = false;
    this.#carefulStart.stop();
    for (const reader of this.readers) reader.stop();
  }

  /** Somebody waits for a message: what is read message by message is asked for one. */
  feed(): void {
    for (const reader of this.readers) reader.pull();
  }

  /** Takes a message out for its reader. Its time for an answer begins now, or has just begun. */
  handOut(message: StationMessage): void {
    if (this.#clock.tick - message.tick > RENEW_AT_HAND_OUT_TICKS) void message.working();
    message.owner.handOut(message, this.#observer.keepsRoom);
  }

  /** Gives back everything that nobody has in hand. */
  giveBack(): void {
    const kept = [...this.readers].flatMap(({ hold }) => hold?.takeKept() ?? []);
    this.#giveBack([...kept, ...this.#takeWaiting(() => true)]);
  }

  /** Ends all requests; resolves when what was on its way is in the intake. */
  async endRequests(): Promise<void> {
    this.#isEnding = true;
    for (const reader of this.readers) reader.close();
    await this.#inbox.drain();
  }

  /** Releases everything; resolves when other members of an exclusive group may go on. */
  async close(): Promise<void> {
    await this.#coordinator?.leave();
    this.#connection.off("status", this.#onStatus);
    clearInterval(this.#heartbeats);
    this.#clock.stop();
    this.#givenUp.close();
    this.writer.flush();
  }

  #addReader(partition: number, info: DurableInfo, count: number): PartitionReader {
    const { maxPrefetchMessages, maxPrefetchBytes } = this.#options;
    const limits = {
      maxMessages: Math.max(1, Math.floor(maxPrefetchMessages / count)),
      maxBytes: Math.max(1, Math.floor(maxPrefetchBytes / count)),
    };
    const reader = new PartitionReader(this.#host, { partition, limits, info });
    for (const other of this.readers) other.window.resize(limits);
    this.#byPartition.set(partition, reader);
    this.#byStream.set(reader.stream, reader);
    return reader;
  }

  #hearWhatIsGivenUp({ partition, recovery }: PartitionReader): void {
    if (recovery.settings.serverMaxDeliveries !== undefined) this.#givenUp.add(partition);
  }

  #giveBack(messages: readonly StationMessage[]): void {
    for (const message of messages) {
      void message.nack();
      message.owner.release(message);
    }
  }

  readonly #onStatus = (status: ConnectionStatus): void => {
    if (status.type === "disconnected") for (const reader of this.readers) reader.suspend();
    if (status.type === "reconnected") {
      this.writer.flush();
      this.#inbox.renew();
      for (const reader of this.readers) reader.resume();
    }
    if (status.type === "closed") this.#observer.ended();
  };

  #advance(tick: number): void {
    for (const reader of this.readers) reader.advance(tick);
    const isWanted = this.#isWanted || this.#isEnding || this.intake.length === 0;
    this.#unwantedTicks = isWanted ? 0 : this.#unwantedTicks + 1;
    // Without a connection nothing can be given back.
    const isConnected = this.#connection.state === "connected";
    if (isConnected && this.#unwantedTicks > RENEW_WAITING_TICKS) {
      this.#unwantedTicks = 0;
      void this.#endOpenRequests().then(() => {
        if (!this.#isWanted) this.giveBack();
      });
      return;
    }
    if (isConnected) this.#holdStuck(tick);
    this.#renewWaiting(RENEW_WAITING_TICKS);
  }

  /**
   * What waits for a reader that stands still is for other members. An exclusive partition has none: it stays with its holder.
   */
  #holdStuck(tick: number): void {
    if (!this.#isWanted || this.isExclusive) return;
    const isListening = this.#observer.keepsRoom;
    const here = isListening ? this.#observer.waiting() : [...this.intake];
    const waiting = here.filter(mayBeGivenBack);
    // One that is held already has a message of each partition at most.
    const moving = [...this.readers].filter(({ window }) => !window.isHeld);
    const stuck = findStandingStill(moving, { tick, isByPartition: isListening, waiting });
    if (stuck.length === 0) return;
    for (const { window } of stuck) window.hold();
    void this.#endOpenRequests().then(() => {
      const held = new Set(stuck.filter(({ window }) => window.isHeld).map(({ partition }) => partition));
      this.#giveBack(this.#takeWaiting((message) => held.has(message.partition) && mayBeGivenBack(message)));
      for (const reader of this.readers) reader.pull();
    });
  }

  #takeWaiting(matches: (message: StationMessage) => boolean): readonly StationMessage[] {
    return [...this.#observer.takeWaiting(matches), ...this.intake.extract(matches)];
  }

  /** What is given back would only come to them again. The server has heard of it when this resolves. */
  async #endOpenRequests(): Promise<void> {
    this.#inbox.renew({ keepsArrivals: true });
    for (const reader of this.readers) reader.window.reset();
    await this.#connection.natsConnection.flush().catch(() => undefined);
  }

  /** Keeps what has waited here for so many ticks from being delivered again. */
  #renewWaiting(ticks: number): void {
    const { tick } = this.#clock;
    const kept = [...this.readers].flatMap(({ hold }) => hold?.kept ?? []);
    const waiting = [...this.intake, ...this.#observer.waiting(), ...kept];
    for (const message of waiting) {
      if (tick - message.tick >= ticks) void message.working();
    }
  }

  #followAckTimeout(): void {
    const before = this.#clock.ackTimeoutMs;
    this.#clock.follow(shortestAckTimeoutMs([...this.readers].map(({ recovery }) => recovery.settings)));
    // The server may be about to deliver again what has waited for a few of the longer ticks.
    if (this.#clock.ackTimeoutMs < before) this.#renewWaiting(0);
  }
}

function mayBeGivenBack(message: StationMessage): boolean {
  return message.owner.mayGiveBack(message);
}

function shortestAckTimeoutMs(settings: readonly ConsumerGroupSettings[]): number {
  return Math.min(...settings.map(({ ackTimeoutMs }) => ackTimeoutMs));
}

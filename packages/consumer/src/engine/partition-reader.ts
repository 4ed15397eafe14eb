import {
  BrokerError,
  type Connection,
  type ConsumerGroupName,
  partitionStream,
  type StationkitError,
  type StationName,
  StationNotFoundError,
  type StreamName,
} from "@stationkit/core-protocol";
import { ReadingStalledError } from "../consumer-errors.js";
import { type AckClock, FORGET_TICKS } from "./ack-clock.js";
import { ACK_PREFIX } from "./ack-subject.js";
import type { AnswerWriter } from "./answer-writer.js";
import { ANSWER } from "./answers.js";
import { type DurableInfo, PIN_TIMEOUT_MS } from "./durable-config.js";
import type { Durables } from "./durables.js";
import { holdPartition } from "./exclusive/hold-partition.js";
import type { PartitionHold } from "./exclusive/partition-hold.js";
import { HandedOut } from "./handed-out.js";
import type { Inbox } from "./inbox.js";
import { PartitionRecovery } from "./partition-recovery.js";
import { readPullStatus } from "./pull-status.js";
import { type PullOptions, PullRequests } from "./pull-requests.js";
import { type Pull, PullWindow, type WindowLimits } from "./pull-window.js";
import { type MessageOwner, type NatsMessage, StationMessage } from "./station-message.js";

/** What readers of one consumer have in common. */
export interface ReaderHost {
  readonly connection: Connection;
  readonly station: StationName;
  readonly group: ConsumerGroupName;
  readonly durables: Durables;
  readonly inbox: Inbox;
  readonly writer: AnswerWriter;
  readonly clock: AckClock;
  readonly heartbeatMs: number;
  /** A message is here that the group has not been sent too often. */
  deliver(message: StationMessage): void;
  /** Stores a message as a dead letter and takes it from the group. @throws {DeadLetterError} */
  bury(message: StationMessage, reason: string): Promise<void>;
  /** A message has been delivered once too often. Resolves when it is dealt with; never rejects. */
  exhaust(message: StationMessage): Promise<void>;
  /** Whether somebody waits for a message of the partition, and has none in hand. */
  isHungry(partition: number): boolean;
  /** A message was answered, or what was asked for has come or will not come. */
  progress(): void;
  /** Gives back the messages of a partition that nobody has in hand. */
  giveBack(reader: PartitionReader): void;
  assigned(reader: PartitionReader): void;
  revoked(reader: PartitionReader): void;
  interrupted(reader: PartitionReader, error: StationkitError): void;
  resumed(reader: PartitionReader): void;
  /** The group has another `ackTimeoutMs` than before. */
  ackTimeoutChanged(): void;
}

const PULL_EXPIRES_MS = 60_000;
/** Of an exclusive group: each request tells the server that its member is there. */
const EXCLUSIVE_PULL_EXPIRES_MS = Math.floor(PIN_TIMEOUT_MS / 3);
/** A message may come again because the group's `ackTimeoutMs` was made shorter: that is looked up so often at most. */
const LOOK_WHEN_REDELIVERED_MS = 1_000;
/**
 * A message that kills its readers comes back within `FORGET_TICKS`, to one of two who take turns in dying of it: so for twice that long
 * whoever begins is careful.
 */
const CAREFUL_TICKS = 2 * FORGET_TICKS;
/** Two answers that lie so close together show that their reader does not stand still. */
const QUICK_TICKS = 1;
/** Intervals of heartbeats without any sign of life. */
const SILENT_INTERVALS = 3;

type State = "reading" | "recovering" | "suspended" | "closed";

/** Reads one partition for one member: asks for messages, counts them, and finds its way back when the server loses it. */
export class PartitionReader implements MessageOwner {
  readonly partition: number;
  readonly stream: StreamName;
  readonly window: PullWindow;
  readonly handedOut: HandedOut = new HandedOut(FORGET_TICKS);
  /** Messages that have ever come. */
  arrivals = 0;
  /** When a message was handed out or answered last. */
  movedTick = 0;
  readonly recovery: PartitionRecovery;
  /** Only of an exclusive group. */
  readonly hold: PartitionHold | undefined;
  readonly #host: ReaderHost;
  readonly #requests: PullRequests;
  readonly #firstPrefix: string;
  #state: State = "reading";
  /** Whether somebody wants messages. */
  #isWanted = false;
  #isAlive = false;
  #silentIntervals = 0;
  #answeredTick = Number.NEGATIVE_INFINITY;
  /** When that was last a reason to look the group's settings up. */
  #redeliveredAt = Number.NEGATIVE_INFINITY;
  /** Messages of earlier ticks are of a station that is no more: one in its place counts its messages from the same number. */
  #firstTick = 0;

  constructor(
    host: ReaderHost,
    { partition, limits, info }: { partition: number; limits: WindowLimits; info: DurableInfo },
  ) {
    this.#host = host;
    this.partition = partition;
    this.window = new PullWindow(limits);
    this.stream = partitionStream(host.station, partition);
    this.#requests = new PullRequests({ ...host, partition, stream: this.stream, durable: host.durables.name });
    this.#firstPrefix = `${ACK_PREFIX}${this.stream}.${host.durables.name}.1.`;
    this.recovery = this.#createRecovery(info);
    this.hold = this.recovery.settings.partitions === "exclusive" ? holdPartition(this, host) : undefined;
    // Somebody may be dying of one of them.
    if (isRedelivering(info)) this.window.narrow(CAREFUL_TICKS);
    else if (this.#isPastHalf(info.num_ack_pending > 0 ? 2 : 1)) this.window.narrow();
  }

  get station(): StationName {
    return this.#host.station;
  }

  /** Begins to ask for messages, as much as the window takes. */
  start(): void {
    this.#isWanted = true;
    this.pull();
  }

  /** Asks no more; what was asked for may still come. */
  stop(): void {
    this.#isWanted = false;
  }

  close(): void {
    this.#state = "closed";
    this.recovery.close();
  }

  /** There is no connection: nothing of what was asked for will come. */
  suspend(): void {
    this.window.reset();
    if (this.#state === "reading") this.#state = "suspended";
    this.#host.progress();
  }

  /** There is a connection again. */
  resume(): void {
    if (this.#state === "suspended") this.#state = "reading";
    this.hold?.reconnected();
    this.pull();
  }

  /** Asks for as much as there is room for, as soon as half of it is free; of one that is read message by message, when one is wanted. */
  pull(): void {
    if (this.#state !== "reading" || !this.#isWanted) return;
    if (this.window.isOneByOne && !this.#host.isHungry(this.partition)) return;
    const expiresMs = this.hold === undefined ? PULL_EXPIRES_MS : EXCLUSIVE_PULL_EXPIRES_MS;
    const demand = this.hold?.demand ?? "window";
    if (demand === "one" && this.window.asked === 0) this.ask(1, { expiresMs });
    if (demand !== "window") return;
    const pull = this.window.next();
    if (pull !== undefined) this.#send(pull, { expiresMs });
  }

  /** Asks for messages once, whatever the window says; not while there is nobody to ask. */
  ask(messages: number, options: PullOptions): void {
    if (this.#state === "reading") this.#send(this.window.ask({ messages, bytes: undefined }), options);
  }

  arrive(natsMessage: NatsMessage): void {
    const message = new StationMessage(this, natsMessage, this.#tick);
    this.window.arrive(message.sizeBytes);
    this.arrivals++;
    this.#sawLife();
    if (this.hold === undefined) this.deliver(message);
    else this.hold.arrive(message, natsMessage);
    if (this.window.asked === 0) this.#host.progress();
  }

  status(natsMessage: NatsMessage): void {
    const status = readPullStatus(natsMessage.headers);
    switch (status.type) {
      case "alive":
        this.#sawLife();
        return;
      case "ended":
      case "too-large":
        this.#sawLife();
        this.window.end(status.messages, status.bytes, status.type === "too-large");
        this.pull();
        break;
      case "moved":
      case "gone":
        this.#recover();
        break;
      case "not-owner":
        this.window.reset();
        this.hold?.lost();
        break;
      case "refused": {
        const text = `partition ${this.partition} of station "${this.station}": ${status.description}`;
        this.#recover(new BrokerError(text, { serverCode: status.code }));
      }
    }
    this.#host.progress();
  }

  /** Called at every interval of heartbeats. */
  watch(): void {
    if (this.#state !== "reading") return;
    void this.#look();
    if (this.#isAlive || this.window.asked === 0) this.#silentIntervals = 0;
    else if (++this.#silentIntervals >= SILENT_INTERVALS) {
      this.#silentIntervals = 0;
      this.#recover(new ReadingStalledError(this.station, this.partition));
    }
    this.#isAlive = false;
  }

  handOut(message: StationMessage, keepsRoom: boolean): void {
    this.movedTick = this.#host.clock.tick;
    message.keepsRoom = keepsRoom;
    message.cohort = this.handedOut.add(this.#host.clock.tick, message);
    if (!keepsRoom) this.release(message);
  }

  release(message: StationMessage): void {
    this.window.release(message.sizeBytes);
    this.pull();
  }

  /** Forgets messages that were handed out and never answered. */
  advance(tick: number): void {
    // Time widens it for whoever answers late and wants more, not for whoever is at work on one.
    this.window.tick(!this.window.isOneByOne || this.#host.isHungry(this.partition));
    if (this.window.isCareful) void this.#lookWhetherCalm();
    const { messages, keptMessages, keptBytes } = this.handedOut.advance(tick);
    if (keptMessages > 0) this.window.release(keptBytes, keptMessages);
    this.pull();
    if (messages > 0) this.#host.progress();
  }

  write(message: StationMessage, word: string): boolean {
    if (this.#isForeign(message)) return true;
    const { writer } = this.#host;
    const isTaken = writer.write(message.ackSubject, word);
    if (message.isUrgent) writer.flush(true);
    return isTaken;
  }

  /** @throws {StationNotFoundError} for a message of a station that is no more. */
  async confirm(message: StationMessage): Promise<void> {
    if (this.#isForeign(message)) throw new StationNotFoundError(this.station);
    await this.#host.connection.request(message.ackSubject, ANSWER.ack, { station: this.station });
  }

  bury(message: StationMessage, reason: string): Promise<void> {
    return this.#host.bury(message, reason);
  }

  answered(message: StationMessage): void {
    this.hold?.answered(message);
    const { cohort } = message;
    if (cohort === undefined) return;
    message.cohort = undefined;
    this.#moved();
    this.window.widen(this.#isPastHalf(message.deliveries) ? 0 : 1);
    const counted = this.handedOut.remove(cohort, message);
    if (counted && message.keepsRoom) this.release(message);
    this.#host.progress();
  }

  /** What has used up more than half of its deliveries is kept here instead, and from being delivered again. */
  mayGiveBack({ deliveries }: StationMessage): boolean {
    return !this.#isPastHalf(deliveries);
  }

  renewed(message: StationMessage): void {
    if (this.#isForeign(message)) return;
    message.tick = this.#tick;
    if (message.cohort === undefined || !this.handedOut.remove(message.cohort, message)) return;
    message.cohort = this.handedOut.add(message.tick, message);
  }

  /** A message is due: it goes to the readers, or becomes a dead letter when the group was sent it too often. */
  deliver(message: StationMessage): void {
    const { maxDeliveries } = this.recovery.settings;
    const isFirst = message.ackSubject.startsWith(this.#firstPrefix);
    if (isFirst && maxDeliveries > 1) {
      this.#host.deliver(message);
      return;
    }
    message.isUrgent = !isFirst;
    if (!isFirst) this.#lookWhenRedelivered();
    // It may be what its readers die of, or be given back for the last time: as little as possible is to be here then.
    if (this.#isPastHalf(message.deliveries)) this.window.narrow();
    if (message.deliveries <= maxDeliveries) this.#host.deliver(message);
    else void this.#exhaust(message);
  }

  /** The station may have been destroyed, or made again: looks it up. */
  verify(): void {
    if (this.#state === "reading") void this.#look(0);
  }

  /** Tells the server that an exclusive hold goes on. */
  keepAlive(): void {
    if (!this.#requests.keepAlive(this.hold?.requestFields())) this.window.reset();
  }

  async #lookWhetherCalm(): Promise<void> {
    if (this.#state !== "reading") return;
    const info = await this.#host.durables.info(this.partition).catch(() => undefined);
    if (info === undefined || isRedelivering(info)) return;
    this.window.relax();
    this.pull();
  }

  #isPastHalf(deliveries: number): boolean {
    return deliveries * 2 > this.recovery.settings.maxDeliveries;
  }

  #moved(): void {
    const { tick } = this.#host.clock;
    if (tick - this.#answeredTick <= QUICK_TICKS) this.window.letGo();
    this.#answeredTick = this.movedTick = tick;
  }

  async #exhaust(message: StationMessage): Promise<void> {
    await this.#host.exhaust(message);
    this.release(message);
    this.#host.progress();
  }

  #createRecovery(info: DurableInfo): PartitionRecovery {
    const { station, group, durables } = this.#host;
    const parts = {
      ...{ station, group, durables, partition: this.partition },
      interrupted: (error: StationkitError) => {
        this.#host.interrupted(this, error);
      },
      resumed: () => {
        this.#host.resumed(this);
      },
      changed: () => {
        this.#host.ackTimeoutChanged();
      },
      replaced: () => {
        this.#firstTick = this.#host.clock.tick + 1;
        this.#host.giveBack(this);
      },
    };
    return new PartitionRecovery(parts, info);
  }

  #send(pull: Pull, options: PullOptions): void {
    if (!this.#requests.send(pull, options, this.hold?.requestFields())) this.window.reset();
  }

  get #tick(): number {
    return Math.max(this.#host.clock.tick, this.#firstTick);
  }

  /** Whether a message is of a station that is no more. Its answer would be another message's. */
  #isForeign({ tick }: StationMessage): boolean {
    return tick < this.#firstTick;
  }

  #sawLife(): void {
    this.#isAlive = true;
    this.recovery.sawLife();
  }

  #lookWhenRedelivered(): void {
    const now = performance.now();
    if (now - this.#redeliveredAt < LOOK_WHEN_REDELIVERED_MS) return;
    this.#redeliveredAt = now;
    void this.#look(0);
  }

  async #look(intervalMs?: number): Promise<void> {
    if (!(await this.recovery.look(intervalMs))) this.#recover();
  }

  #recover(cause?: StationkitError): void {
    if (this.#state !== "reading") return;
    this.#state = "recovering";
    this.window.reset();
    void this.#returnAfter(this.recovery.run(cause));
  }

  async #returnAfter(recovery: Promise<void>): Promise<void> {
    await recovery;
    if (this.#isClosed()) return;
    this.#state = this.#host.connection.state === "connected" ? "reading" : "suspended";
    this.pull();
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }
}

/** Whether messages are out for another time. */
function isRedelivering({ num_redelivered, num_ack_pending }: DurableInfo): boolean {
  return num_redelivered > 0 && num_ack_pending > 0;
}

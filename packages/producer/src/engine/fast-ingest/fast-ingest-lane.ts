import {
  type ApiErrorBody,
  apiErrorToStationkitError,
  type PermissionDeniedError,
  type StationkitError,
  toStationkitError,
} from "@stationkit/core-protocol";
import type { FastIngestPubAck, PubAck } from "../../delivery.js";
import type { Lane } from "../lane.js";
import { laneOutcomes } from "../lane-outcomes.js";
import { LinkedQueue } from "../linked-queue.js";
import type { LaneContext } from "../partition-lane.js";
import type { PendingMessage } from "../pending-message.js";
import { isCoveredByDuplicateWindow, judgeRefusal } from "../retry.js";
import type { BatchAnswer } from "./batch-answer.js";
import type { BatchChannel } from "./batch-channel.js";
import { BatchFlight } from "./batch-flight.js";
import type { BatchEvent, Ended, SingleAnswer } from "./batch.js";
import { Fallback } from "./fallback.js";
import { classifyRefusal, type RefusalKind } from "./refusal.js";
import { MAX_FLOW, type ReplyAddress } from "./reply-subject.js";
import { SingleLane } from "./single-lane.js";

/** As many messages leave without waiting for the end of the turn. */
const MAX_BURST = 128;

/** Fewer go one by one: a batch would take as many answers, and does not tell their sequences. */
const MIN_BATCH = 2;

/** What a lane with batches needs beside what every lane does. */
export interface FastIngestContext extends LaneContext {
  readonly channel: BatchChannel;
  readonly nextBatchId: () => string;
  /** Messages that may be unacknowledged at most. */
  readonly maxInFlightMessages: number;
  /** Copies of the station's streams now. */
  readonly replicas: () => number;
  /** Told each time that the server would not have a batch. */
  readonly onFallback: (reason: string) => void;
}

/**
 * One partition whose messages go in batches that the server acknowledges as a whole. It has one batch at a time, which ends as
 * soon as nothing more is to be sent and no acknowledgement is due.
 *
 * What a batch cannot do is left to an ordinary lane, and no batch is open while that has anything: a message that comes alone,
 * and whatever is in doubt when a batch ended early. There it is sent again, strictly one by one, and answered exactly. In a
 * batch that would not be safe: a replicated stream acknowledges a copy in a batch before the original is replicated.
 */
export class FastIngestLane implements Lane {
  readonly #context: FastIngestContext;
  readonly #partition: number;
  readonly #single: SingleLane;
  /** Not on the wire, and certainly not stored. */
  readonly #waiting = new LinkedQueue<PendingMessage>();
  readonly #flow: number;
  readonly #fallback: Fallback;
  #flight: BatchFlight | undefined;
  /** Messages between acknowledgements, as the server wanted them last; undefined while it is not certain that it knows batches. */
  #interval: number | undefined;
  #isSuspended = false;
  #isDenied = false;
  /** The messages of a batch are being taken to where they belong now: nothing may be sent before that is done. */
  #isSorting = false;

  constructor(partition: number, context: FastIngestContext) {
    this.#context = context;
    this.#partition = partition;
    this.#flow = Math.max(1, Math.min(MAX_FLOW, Math.floor(context.maxInFlightMessages / 2)));
    this.#fallback = new Fallback(context.onFallback);
    this.#single = new SingleLane(partition, context, () => {
      if (this.#waiting.size > 0) context.schedule(this);
    });
  }

  get subject(): string {
    return this.#single.lane.subject;
  }

  get stream(): string {
    return this.#single.lane.stream;
  }

  add(message: PendingMessage): void {
    this.#waiting.push(message);
    if (this.#isFallenBack()) this.advance();
    else if (this.#waiting.size >= MAX_BURST) this.#send(false);
    if (this.#waiting.size > 0 || this.#flight !== undefined) this.#context.schedule(this);
  }

  answer(message: PendingMessage, data: Uint8Array, status: number): void {
    if (this.#single.has(message)) this.#single.lane.answer(message, data, status);
  }

  abandon(message: PendingMessage, error: StationkitError): void {
    if (this.#single.has(message)) {
      this.#single.lane.abandon(message, error);
      return;
    }
    this.#finish(message, error);
    this.advance();
  }

  advance(): void {
    this.#send(true);
  }

  suspend(): void {
    if (this.#isSuspended) return;
    this.#isSuspended = true;
    this.#single.lane.suspend();
    if (this.#flight !== undefined) this.#ended(this.#flight.giveUp());
    this.#interval = undefined;
  }

  resume(): void {
    if (!this.#isSuspended) return;
    this.#isSuspended = false;
    // Another server may answer now.
    this.#fallback.reset();
    this.#single.lane.resume();
    this.advance();
  }

  sweep(now: number): void {
    this.#single.lane.sweep(now);
    for (const message of [...(this.#flight?.unacknowledged ?? []), ...this.#waiting]) {
      if (now >= message.prepared.deadline) this.#finish(message, laneOutcomes.expired(message));
    }
    const flight = this.#flight;
    if (flight?.nudge(now, this.#context.ackTimeoutMs) === true) {
      if (flight.phase === "opening") this.#fallback.forNow("a batch was not answered", now);
      this.#ended(flight.giveUp());
    }
    this.advance();
  }

  async deny(error: PermissionDeniedError): Promise<void> {
    if (this.#isDenied) return;
    const flight = this.#flight;
    if (flight === undefined) {
      await this.#single.lane.deny(error);
      return;
    }
    // The server says so once per message. After a round trip all of that is in, and so is what it took before.
    this.#isDenied = true;
    await this.#context.channel.roundTrip().catch(() => undefined);
    await new Promise(setImmediate);
    this.#isDenied = false;
    if (this.#flight === flight) {
      // The ordinary lane is denied again, for each message that it tries, and rejects it.
      this.#fallback.forNow(undefined, Date.now());
      this.#ended(flight.giveUp(flight.phase !== "opening"), true);
    }
    this.advance();
  }

  close(): void {
    this.#isSuspended = true;
    const flight = this.#flight;
    this.#flight = undefined;
    if (flight?.phase === "open") flight.end();
    flight?.forget();
    this.#single.lane.close();
    for (const message of [...(flight?.unacknowledged ?? []), ...this.#waiting]) {
      this.#finish(message, laneOutcomes.closed(message));
    }
    this.#context.channel.close();
  }

  /** @param isEndOfTurn - no more is coming right now. */
  #send(isEndOfTurn: boolean): void {
    if (this.#isSuspended || this.#isDenied || this.#isSorting) return;
    if (this.#flight === undefined && !this.#mayOpen(isEndOfTurn)) return;
    let next = this.#waiting.first;
    while (next !== undefined && this.#mayBatch(next) && (this.#flight ??= this.#open()).mayAdd) {
      if (!this.#context.channel.isLive) {
        this.suspend();
        return;
      }
      const isLast = isEndOfTurn && this.#waiting.size === 1 && !this.#flight.willBeAnswered(1);
      this.#waiting.remove(next);
      this.#publish(this.#flight, next, isLast);
      next = this.#waiting.first;
    }
    const isIdle = isEndOfTurn && (next === undefined || !this.#mayBatch(next));
    if (isIdle && this.#flight?.willBeAnswered() === false) this.#flight.end();
  }

  /** Gives the ordinary lane what does not go in batches. @returns whether the next message opens one, now. */
  #mayOpen(isEndOfTurn: boolean): boolean {
    if (this.#single.isRecovering) return false;
    const isFallenBack = this.#isFallenBack();
    const isAlone = isEndOfTurn && this.#single.isEmpty && this.#waiting.size < MIN_BATCH;
    let next = this.#waiting.first;
    while (next !== undefined && (isFallenBack || isAlone || !this.#mayBatch(next))) {
      this.#waiting.remove(next);
      this.#single.add(next);
      next = this.#waiting.first;
    }
    if (!isFallenBack) this.#single.lane.advance();
    return next !== undefined && this.#single.isEmpty;
  }

  /**
   * A replicated stream acknowledges a copy in a batch while the original is still being replicated, and may yet be lost. An id
   * that the producer made is in one message only; one that was given may be in two.
   */
  #mayBatch({ prepared: { request } }: PendingMessage): boolean {
    // One whose signal has fired is about to be taken back; with a shared signal, after others that now make room.
    return request.signal?.aborted !== true && (request.msgId === undefined || this.#context.replicas() === 1);
  }

  #isFallenBack(): boolean {
    return this.#fallback.isActive(Date.now);
  }

  #open(): BatchFlight {
    const { channel, nextBatchId } = this.#context;
    return new BatchFlight({
      channel,
      subject: this.subject,
      batchId: nextBatchId(),
      flow: this.#flow,
      credit: this.#interval ?? 1,
      onAnswer: (flight, address, answer) => {
        this.#receive(flight, address, answer);
      },
    });
  }

  #publish(flight: BatchFlight, message: PendingMessage, isLast: boolean): void {
    try {
      flight.publish(message, isLast);
    } catch (error) {
      this.#finish(message, toStationkitError(error, { station: this.#context.station }));
    }
  }

  #receive(flight: BatchFlight, address: ReplyAddress, answer: BatchAnswer): void {
    if (answer.type === "ack") {
      this.#interval = answer.interval;
      this.#fallback.succeeded();
    }
    if (answer.type === "ended" && answer.stream !== this.stream) {
      // The ordinary lane finds out what that means for each message.
      this.#fallback.forGood(`stream ${answer.stream} answered for ${this.stream}`);
      this.#ended(flight.giveUp());
    } else {
      this.#handle(flight, flight.receive(address, answer));
    }
    this.advance();
  }

  #handle(flight: BatchFlight, event: BatchEvent<PendingMessage>): void {
    switch (event.type) {
      case "progress":
        this.#stored(event.stored);
        return;
      case "broken":
        flight.end();
        return;
      case "ended":
        flight.forget();
        this.#ended(event);
        return;
      case "single":
        this.#storedSingly(flight, event);
        return;
    }
  }

  #stored(messages: readonly PendingMessage[]): void {
    for (const message of messages) {
      if (message.isSettled) continue;
      this.#finish(message, this.#acknowledgement(message));
      this.#context.onStored();
    }
  }

  /** An older server took a message of a batch as one for itself. It is stored, and from now on all go that way. */
  #storedSingly(flight: BatchFlight, { item: message, answer }: SingleAnswer<PendingMessage>): void {
    this.#fallback.forGood("the server that answered does not know batches");
    if (message !== undefined) {
      const { stream, sequence, duplicate } = answer;
      const ack: PubAck = { ...this.#acknowledgement(message), sequence, duplicate };
      this.#finish(message, stream === this.stream ? ack : laneOutcomes.elsewhere(message, stream));
    }
    if (flight.unacknowledged.every(({ isSettled }) => isSettled)) this.#ended(flight.giveUp());
  }

  /** In a batch the sequence of a message is not told, nor whether it was there before. */
  #acknowledgement({ msgId }: PendingMessage): PubAck {
    const { station } = this.#context;
    const partition = this.#partition;
    const ack: FastIngestPubAck = { station, partition, sequence: undefined, duplicate: undefined, msgId };
    // `createProducer` gives a producer with this lane the wider type; the engine between here and there only hands it on.
    return ack as PubAck;
  }

  /**
   * The batch is over: what may be stored goes to the ordinary lane; the rest stays, in front of what came later.
   * @param isAllSingly - all of it goes to the ordinary lane.
   */
  #ended({ stored, unsure, rest, refusal }: Ended<PendingMessage>, isAllSingly = false): void {
    this.#flight = undefined;
    this.#isSorting = true;
    if (unsure.length > 0 || rest.length > 0) this.#interval = undefined;
    const kind = refusal && this.#fallBack(refusal);
    this.#stored(stored);
    for (const message of unsure) this.#retryUnsure(message, refusal);
    // Nobody listened: the first one asks until somebody does. After what concerns messages, each is asked for.
    const singly = isAllSingly || kind === "message" ? rest.length : kind === "unheard" ? 1 : 0;
    if (kind === "message" && refusal !== undefined && rest[0] !== undefined) this.#judge(rest[0], refusal);
    for (const message of rest.slice(0, singly)) this.#single.repeat(message);
    this.#requeue(rest.slice(singly));
    this.#isSorting = false;
    this.#single.lane.advance();
  }

  #fallBack(refusal: ApiErrorBody): RefusalKind {
    const kind = classifyRefusal(refusal);
    const reason = refusal.description ?? `error ${refusal.err_code ?? 0}`;
    if (kind === "unavailable") this.#fallback.forGood(reason);
    if (kind === "crowded") this.#fallback.forNow(reason, Date.now());
    return kind;
  }

  /** A message that the server did not take, for a reason of its own. */
  #judge(message: PendingMessage, refusal: ApiErrorBody): void {
    if (message.isSettled) return;
    const verdict = judgeRefusal(refusal, this.#context.station);
    message.lastRefusal = verdict.error;
    if (verdict.mayBeStored) message.mayBeStored = true;
    if (verdict.throttled) this.#context.onThrottled();
    if (verdict.retry === "never") this.#finish(message, verdict.error);
  }

  #retryUnsure(message: PendingMessage, refusal: ApiErrorBody | undefined): void {
    if (message.isSettled) return;
    message.mayBeStored = true;
    const { duplicateWindowMs, station } = this.#context;
    const { msgId, firstSentAt } = message;
    if (msgId !== undefined && isCoveredByDuplicateWindow(firstSentAt, Date.now(), duplicateWindowMs())) {
      this.#single.repeat(message);
      return;
    }
    const cause = refusal && apiErrorToStationkitError(refusal, { station });
    this.#finish(message, this.#isSuspended ? laneOutcomes.lost(message) : laneOutcomes.unanswered(message, cause));
  }

  /** Puts messages of a batch back to the front. */
  #requeue(messages: readonly PendingMessage[]): void {
    if (messages.length === 0) return;
    const later = [...this.#waiting];
    for (const message of later) this.#waiting.remove(message);
    for (const message of [...messages, ...later]) {
      if (message.isSettled) continue;
      message.state = "waiting";
      this.#waiting.push(message);
    }
  }

  /** Ends a message that the ordinary lane does not have. */
  #finish(message: PendingMessage, result: PubAck | StationkitError): void {
    if (message.isSettled) return;
    if (message.state === "waiting") this.#waiting.remove(message);
    this.#context.settle(message, result);
  }
}

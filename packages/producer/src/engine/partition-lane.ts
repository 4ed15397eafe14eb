import {
  type ApiErrorBody,
  type PermissionDeniedError,
  type StationkitError,
  type StationName,
  toStationkitError,
} from "@stationkit/core-protocol";
import type { PartitionAddress } from "../declaration/declaration.js";
import type { PubAck } from "../delivery.js";
import { plainAckPrefix, readAnswer, readPlainAck } from "./acks.js";
import type { Lane } from "./lane.js";
import { laneOutcomes } from "./lane-outcomes.js";
import { LinkedQueue } from "./linked-queue.js";
import type { PendingMessage } from "./pending-message.js";
import { backoffMs, isCoveredByDuplicateWindow, judgeRefusal } from "./retry.js";
import type { Absence } from "./station-lookup.js";
import type { Wire } from "./wire.js";

/** As many messages leave without waiting for more. */
const MAX_BURST = 128;

/** What a lane is made of; all but the address is the same for all lanes of a producer. */
export interface LaneContext {
  readonly station: StationName;
  readonly address: PartitionAddress;
  readonly wire: Wire;
  readonly isStrict: boolean;
  readonly ackTimeoutMs: number;
  readonly retryDelayMs: number;
  readonly maxRetryDelayMs: number;
  /** Whether the message that was just admitted is the producer's only one. */
  readonly isAlone: () => boolean;
  /** Has the lane's `advance` called at the end of this turn of the event loop. */
  readonly schedule: (lane: Lane) => void;
  /** The station's duplicate window now. */
  readonly duplicateWindowMs: () => number;
  /** Ends a message; may admit waiting ones, into this lane too. */
  readonly settle: (message: PendingMessage, result: PubAck | StationkitError) => void;
  readonly onStored: () => void;
  readonly onThrottled: () => void;
  /** Why nobody will ever listen for the partition, if that is certain. */
  readonly findAbsence: (stream: string) => Promise<Absence | undefined>;
}

/**
 * `flowing`: messages go out as they come. `probing`: after trouble, the first one goes alone until it is acknowledged, so
 * that nothing overtakes it at a server that is still recovering. `paused`: a delay, or a question to the server, is under way.
 * `suspended`: no connection.
 */
type Mode = "flowing" | "probing" | "paused" | "suspended";

/** One partition: what was admitted for it, in order, until each message is settled. */
export class PartitionLane implements Lane {
  readonly stream: string;
  readonly #address: PartitionAddress;
  readonly #ackPrefix: Uint8Array;
  readonly #partition: number;
  readonly #context: LaneContext;
  readonly #messages = new LinkedQueue<PendingMessage>();
  /** How many of `#messages` are in state `waiting`, and in state `sent`. */
  #waiting = 0;
  #sent = 0;
  #mode: Mode = "flowing";
  #failuresInARow = 0;
  #pauseTimer: NodeJS.Timeout | undefined;
  #isLookingUp = false;
  #denials = 0;

  constructor(partition: number, context: LaneContext) {
    this.#address = context.address;
    this.stream = context.address.stream;
    this.#ackPrefix = plainAckPrefix(this.stream);
    this.#partition = partition;
    this.#context = context;
  }

  get subject(): string {
    return this.#address.subject;
  }

  /** Takes an admitted message. It is sent at once when nothing else is on its way, otherwise together with its neighbours. */
  add(message: PendingMessage): void {
    this.#messages.push(message);
    this.#waiting++;
    if (this.#context.isAlone() || this.#waiting >= MAX_BURST) this.advance();
    else if (this.#maySend()) this.#context.schedule(this);
  }

  /** An answer to one of this lane's messages has come. */
  answer(message: PendingMessage, data: Uint8Array, status: number): void {
    const sequence = status === 0 ? readPlainAck(data, this.#ackPrefix) : 0;
    if (sequence > 0) {
      this.#stored(message, sequence, false);
      return;
    }
    const answer = readAnswer(data, status);
    if (answer.type === "refused") this.#refused(message, answer.error);
    else if (answer.type === "unreadable") this.abandon(message, answer.error);
    else if (answer.stream === this.stream) this.#stored(message, answer.sequence, answer.duplicate);
    else this.abandon(message, laneOutcomes.elsewhere(message, answer.stream));
  }

  /** Ends a message without an acknowledgement, such as one whose caller gave up. */
  abandon(message: PendingMessage, error: StationkitError): void {
    this.#finish(message, error);
    this.advance();
  }

  /** The connection is gone: every unanswered try counts as lost. */
  suspend(): void {
    if (this.#mode === "suspended") return;
    this.#setMode("suspended");
    // What was refused before counts as unanswered as well, and is sent again.
    this.#denials = 0;
    this.#forEach((message) => {
      if (message.state === "sent") this.#tryLost(message);
      if (message.state === "overdue") {
        this.#finish(message, laneOutcomes.lost(message));
      }
    });
  }

  /** The connection is back. */
  resume(): void {
    if (this.#mode !== "suspended") return;
    // An outage may outlast the server's memory of the ids.
    this.#forEach((message) => {
      if (message.state === "waiting" && this.#isForgotten(message)) {
        this.#finish(message, laneOutcomes.lost(message));
      }
    });
    this.#failuresInARow = 0;
    this.#setMode(this.#messages.size > 0 ? "probing" : "flowing");
    this.advance();
  }

  /** Settles what is past its deadline, and gives up tries that went unanswered for too long. */
  sweep(now: number): void {
    let unanswered = 0;
    for (const message of this.#messages) {
      if (message.state !== "sent" || now >= message.prepared.deadline) continue;
      if (now - message.lastSentAt < this.#context.ackTimeoutMs) continue;
      this.#tryLost(message);
      unanswered++;
    }
    // Before anything is ended: what is admitted in its place must not go before a message that has to be sent again.
    if (unanswered > 0 && this.#mode === "flowing") this.#setMode("probing");
    this.#forEach((message) => {
      if (now >= message.prepared.deadline) this.#finish(message, laneOutcomes.expired(message));
    });
    if (unanswered > 0) this.#rejectAllIfAbsent();
    this.advance();
  }

  /**
   * The server refused publishes to this lane's subject. It says so once per message, without saying which; all came after the
   * ones it accepted. A round trip makes sure that every refusal is in, and then as many as were refused are the last sent.
   */
  async deny(error: PermissionDeniedError): Promise<void> {
    if (this.#mode === "suspended" || ++this.#denials > 1) return;
    this.#setMode("paused");
    await this.#context.wire.roundTrip().catch(() => undefined);
    // Status events are handed over one microtask after another; by the next turn of the loop all have arrived.
    await new Promise(setImmediate);
    const sent: PendingMessage[] = [];
    this.#forEach((message) => message.state === "sent" && sent.push(message));
    const denied: PendingMessage[] = [];
    for (let last = sent.pop(); last !== undefined && this.#denials > 0; last = sent.pop()) {
      denied.unshift(last);
      this.#denials -= last.parts.length;
    }
    this.#denials = 0;
    for (const message of denied) this.#refuse(message, error);
    if (this.#isPaused()) this.#setMode("flowing");
    this.advance();
  }

  /** The connection is closed for good: everything ends now. */
  close(): void {
    this.#setMode("suspended");
    this.#forEach((message) => {
      this.#finish(message, laneOutcomes.closed(message));
    });
  }

  #stored(message: PendingMessage, sequence: number, duplicate: boolean): void {
    // While probing nothing else is sent, so the only one on the wire is the probe.
    if (this.#mode === "probing" && message.state === "sent" && this.#sent === 1) this.#setMode("flowing");
    this.#failuresInARow = 0;
    const { station } = this.#context;
    this.#finish(message, { station, partition: this.#partition, sequence, duplicate, msgId: message.msgId });
    this.#context.onStored();
    if (this.#waiting > 0) this.advance();
  }

  #refused(message: PendingMessage, body: ApiErrorBody): void {
    const verdict = judgeRefusal(body, this.#context.station);
    // The only try there was is answered now, however late: nothing is stored.
    if (verdict.mayBeStored) message.mayBeStored = true;
    else if (message.attempts === 1) message.mayBeStored = false;
    if (verdict.retry === "never") {
      this.#refuse(message, verdict.error);
      this.advance();
      return;
    }
    message.lastRefusal = verdict.error;
    // A late refusal of an earlier try says nothing about the one under way.
    if (message.state !== "sent") return;
    this.#leaveWire(message, "waiting");
    // A whole window may be refused at once: that is one sign to slow down, not hundreds.
    if (this.#mode !== "paused" && verdict.throttled) this.#context.onThrottled();
    if (verdict.unheard) this.#rejectAllIfAbsent();
    this.#backOff();
  }

  /** Sends what may be sent now, in order. */
  advance(): void {
    let message = this.#maySend() ? this.#firstWaiting() : undefined;
    while (message !== undefined && this.#maySend()) {
      const next: PendingMessage | undefined = message.next;
      // One whose signal has fired is about to be taken back: with a shared signal, after others that now make room.
      const isAborted = message.prepared.request.signal?.aborted === true;
      if (message.state === "waiting" && !isAborted) this.#send(message);
      // Ending a message lets the caller's code run, after which nothing seen before can be relied on.
      message = message.isSettled ? this.#messages.first : next;
    }
  }

  /** Looked for from the end: as long as all goes well, what waits is what came last. */
  #firstWaiting(): PendingMessage | undefined {
    let first = this.#messages.last;
    let found = 0;
    for (let message = first; message !== undefined && found < this.#waiting; message = message.previous) {
      if (message.state === "waiting") found++;
      first = message;
    }
    return first;
  }

  #maySend(): boolean {
    if (this.#waiting === 0 || this.#mode === "paused" || this.#mode === "suspended") return false;
    return this.#sent === 0 || (this.#mode === "flowing" && !this.#context.isStrict);
  }

  #send(message: PendingMessage): void {
    const { wire } = this.#context;
    if (!wire.isLive) {
      this.suspend();
      return;
    }
    if (this.#isForgotten(message)) {
      message.state = "overdue";
      this.#waiting--;
      return;
    }
    try {
      wire.publish(this.#address.subject, message);
    } catch (error) {
      this.#refuse(message, toStationkitError(error, { station: this.#context.station }));
      return;
    }
    message.lastSentAt = Date.now();
    if (message.attempts++ === 0) message.firstSentAt = message.lastSentAt;
    message.state = "sent";
    this.#waiting--;
    this.#sent++;
  }

  /** A try ended without an answer. */
  #tryLost(message: PendingMessage): void {
    message.mayBeStored = true;
    this.#leaveWire(message, this.#isForgotten(message) ? "overdue" : "waiting");
  }

  /** Whether the server would not know the message again, so that sending it once more could store it twice. */
  #isForgotten({ mayBeStored, msgId, firstSentAt }: PendingMessage): boolean {
    if (!mayBeStored) return false;
    return (
      msgId === undefined || !isCoveredByDuplicateWindow(firstSentAt, Date.now(), this.#context.duplicateWindowMs())
    );
  }

  #leaveWire(message: PendingMessage, state: "waiting" | "overdue"): void {
    message.state = state;
    this.#sent--;
    if (state === "waiting") this.#waiting++;
  }

  #backOff(): void {
    if (this.#mode === "paused" || this.#mode === "suspended") return;
    this.#setMode("paused");
    this.#pauseTimer = setTimeout(
      () => {
        this.#setMode("probing");
        this.advance();
      },
      backoffMs(++this.#failuresInARow, this.#context),
    );
  }

  #setMode(mode: Mode): void {
    clearTimeout(this.#pauseTimer);
    this.#mode = mode;
  }

  #isPaused(): boolean {
    return this.#mode === "paused";
  }

  /** Nobody answers: perhaps because the station was destroyed, or JetStream ended. Then waiting for the deadline would help nobody. */
  #rejectAllIfAbsent(): void {
    if (this.#isLookingUp) return;
    this.#isLookingUp = true;
    void this.#context.findAbsence(this.stream).then((error) => {
      this.#isLookingUp = false;
      if (error === undefined || this.#mode === "suspended") return;
      this.#forEach((message) => {
        if (message.state !== "sent") this.#refuse(message, error);
      });
    });
  }

  /** Ends a message for a reason that says nothing about its earlier, unanswered tries. */
  #refuse(message: PendingMessage, error: StationkitError): void {
    this.#finish(message, message.mayBeStored ? laneOutcomes.unanswered(message, error) : error);
  }

  #finish(message: PendingMessage, result: PubAck | StationkitError): void {
    if (message.isSettled) return;
    if (message.state === "sent") this.#sent--;
    if (message.state === "waiting") this.#waiting--;
    this.#messages.remove(message);
    this.#context.settle(message, result);
  }

  /** Visits every message that is here now; the visitor may end it, and that may add others. */
  #forEach(visit: (message: PendingMessage) => void): void {
    for (const message of [...this.#messages]) if (!message.isSettled) visit(message);
  }
}

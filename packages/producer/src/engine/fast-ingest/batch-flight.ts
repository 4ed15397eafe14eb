import type { PendingMessage } from "../pending-message.js";
import { type BatchAnswer, readBatchAnswer } from "./batch-answer.js";
import type { BatchChannel } from "./batch-channel.js";
import { Batch, type BatchPhase, type Ended, type Placement } from "./batch.js";
import { type ReplyAddress, replyPrefix, replySubject } from "./reply-subject.js";

/** What one batch is sent with. */
export interface FlightPlan {
  readonly channel: BatchChannel;
  readonly subject: string;
  readonly batchId: string;
  /** How many messages the server may leave unacknowledged. */
  readonly flow: number;
  /** Messages that may be sent before the server has said yes. */
  readonly credit: number;
  readonly onAnswer: (flight: BatchFlight, address: ReplyAddress, answer: BatchAnswer) => void;
}

/** One batch on its way: the state of it, what goes on the wire for it, and how long it has been silent. */
export class BatchFlight {
  readonly #plan: FlightPlan;
  readonly #batch: Batch<PendingMessage>;
  readonly #replyPrefix: string;
  /** Milliseconds since 1970. */
  #progressAt = Date.now();
  /** How often the server was asked since. */
  #nudges = 0;

  constructor(plan: FlightPlan) {
    const { channel, batchId, flow, credit } = plan;
    this.#plan = plan;
    this.#batch = new Batch({ credit });
    this.#replyPrefix = replyPrefix(channel.inbox, batchId, flow);
    channel.listen(batchId, (address, data, status) => {
      plan.onAnswer(this, address, readBatchAnswer(data, status));
    });
  }

  get phase(): BatchPhase {
    return this.#batch.phase;
  }

  get unacknowledged(): readonly PendingMessage[] {
    return this.#batch.unacknowledged;
  }

  get mayAdd(): boolean {
    return this.#batch.mayAdd;
  }

  willBeAnswered(more?: number): boolean {
    return this.#batch.willBeAnswered(more);
  }

  receive(...args: Parameters<Batch<PendingMessage>["receive"]>): ReturnType<Batch<PendingMessage>["receive"]> {
    const event = this.#batch.receive(...args);
    if (event.type !== "progress" || event.stored.length > 0) {
      this.#progressAt = Date.now();
      this.#nudges = 0;
    }
    return event;
  }

  /** @throws whatever the channel throws; its place in the batch then stays empty, at which the server ends the batch. */
  publish(message: PendingMessage, isLast: boolean): void {
    const { channel, subject } = this.#plan;
    message.state = "sent";
    channel.publish(subject, this.#reply(this.#batch.add(message, isLast)), message);
    message.lastSentAt = Date.now();
    if (message.attempts++ === 0) message.firstSentAt = message.lastSentAt;
  }

  /** Tells the server that nothing more comes, and so makes it say how far it came. */
  end(): void {
    this.#command(this.#batch.end());
  }

  /**
   * Asks a silent server: after a third of the time whether it is there, after two thirds to end the batch.
   * @returns true when all of the time is over.
   */
  nudge(now: number, ackTimeoutMs: number): boolean {
    const thirds = Math.floor((3 * (now - this.#progressAt)) / ackTimeoutMs);
    if (thirds <= this.#nudges) return false;
    this.#nudges = thirds;
    if (this.phase === "opening") return thirds >= 3;
    if (thirds === 1) this.#command(this.#batch.ping());
    else if (this.phase === "open") this.end();
    return thirds >= 3;
  }

  /** What can be said of its messages without the server; later answers are of no interest. */
  giveUp(wasOpened = true): Ended<PendingMessage> {
    this.forget();
    return this.#batch.giveUp(wasOpened);
  }

  forget(): void {
    this.#plan.channel.forget(this.#plan.batchId);
  }

  #command(place: Placement): void {
    const { channel, subject } = this.#plan;
    if (!channel.isLive) return;
    try {
      channel.command(subject, this.#reply(place));
    } catch {
      // The connection closes or drains. It is asked from a timer, too, where nobody could catch this; what the server has not said
      // when the connection has ended, or when the time of the batch is over, is told as unknown.
    }
  }

  #reply({ sequence, operation }: Placement): string {
    return replySubject(this.#replyPrefix, sequence, operation);
  }
}

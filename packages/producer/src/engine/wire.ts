import { type Connection, isLive, type Outbound, toStationkitError } from "@stationkit/core-protocol";
import type { PendingMessage } from "./pending-message.js";
import { ReplySubjects } from "./reply-subjects.js";

type NatsConnection = Connection["natsConnection"];
type Msg = Parameters<NonNullable<NonNullable<Parameters<NatsConnection["subscribe"]>[1]>["callback"]>>[1];

/** Called for each answer to a message that is still waited for. */
export type OnAnswer = (message: PendingMessage, data: Uint8Array, status: number) => void;

/**
 * Puts messages on the connection and matches answers to them: one subscription for the producer, and a reply
 * subject for each message in flight. Nothing is written while there is no socket, because nats.js would keep it and then throw it away.
 */
export class Wire {
  readonly #nats: NatsConnection;
  readonly #outbound: Outbound;
  readonly #replyPrefix: string;
  readonly #onAnswer: OnAnswer;
  readonly #replies: ReplySubjects<PendingMessage>;
  #subscription: ReturnType<NatsConnection["subscribe"]> | undefined;

  constructor(connection: Connection, inbox: string, onAnswer: OnAnswer) {
    this.#nats = connection.natsConnection;
    this.#outbound = connection.outbound;
    this.#replyPrefix = `${connection.inboxPrefix}.${inbox}.`;
    this.#replies = new ReplySubjects(this.#replyPrefix);
    this.#onAnswer = onAnswer;
  }

  /**
   * Subscribes to the answers, and makes sure that the server allowed it.
   * @throws {PermissionDeniedError} when this login may not read its own answers.
   */
  async open(): Promise<void> {
    let refusal: Error | undefined;
    try {
      this.#subscription = this.#nats.subscribe(`${this.#replyPrefix}*`, {
        callback: (error, msg) => {
          if (error) refusal = error;
          else this.#receive(msg);
        },
      });
      await this.roundTrip();
    } catch (error) {
      throw toStationkitError(error);
    }
    // The callback above runs before the round trip ends, if the server refused.
    if (refusal !== undefined) throw toStationkitError(refusal);
  }

  /** Whether what is published now reaches a socket. */
  get isLive(): boolean {
    return isLive(this.#nats);
  }

  /** @throws whatever nats.js throws: the connection is closed, or the message too large. */
  publish(subject: string, message: PendingMessage): void {
    message.publish(this.#outbound, subject, this.#replies.of(message));
  }

  /** The message is settled: later answers to it are of no interest. */
  forget(message: PendingMessage): void {
    this.#replies.release(message);
  }

  /** Resolves when the server has read everything that was published before. */
  roundTrip(): Promise<void> {
    this.#outbound.flush();
    return this.#nats.flush();
  }

  close(): void {
    this.#subscription?.unsubscribe();
  }

  #receive(msg: Msg): void {
    const message = this.#replies.find(msg.subject);
    if (message === undefined) return;
    try {
      this.#onAnswer(message, msg.data, msg.headers?.code ?? 0);
    } catch (error) {
      // A bug of ours. Thrown from here it would end the loop in which nats.js reads the socket, in silence.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

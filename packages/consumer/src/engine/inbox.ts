import { randomBytes } from "node:crypto";
import { type Connection, toStationkitError } from "@stationkit/core-protocol";
import type { NatsMessage } from "./station-message.js";

type Subscription = ReturnType<Connection["natsConnection"]["subscribe"]>;

/** Who is told of what arrives. */
export interface InboxListener {
  /** @param ackSubject - not empty. */
  onMessage(message: NatsMessage, ackSubject: string): void;
  onStatus(message: NatsMessage, partition: number): void;
}

/**
 * The one subscription of a consumer. What the server says about a pull request comes to a subject that ends in the partition; the
 * messages themselves keep their own subjects, and their ack subjects say where they are from.
 */
export class Inbox {
  readonly #connection: Connection;
  readonly #listener: InboxListener;
  readonly #prefix: string;
  #generation = 0;
  #subscription: Subscription | undefined;
  #isEnded = false;

  constructor(connection: Connection, listener: InboxListener) {
    this.#connection = connection;
    this.#listener = listener;
    this.#prefix = `${connection.inboxPrefix}.${randomBytes(9).toString("base64url")}`;
  }

  /** @throws {PermissionDeniedError} when this login may not read what it asks for. */
  async open(): Promise<void> {
    let refusal: Error | undefined;
    try {
      this.#subscription = this.#subscribe((error) => (refusal = error));
      await this.#connection.natsConnection.flush();
    } catch (error) {
      throw toStationkitError(error);
    }
    // The callback above runs before the round trip ends, if the server refused.
    if (refusal !== undefined) throw toStationkitError(refusal);
  }

  /** Where the server may answer to a pull request of a partition. */
  replyOf(partition: number): string {
    return `${this.#prefix}.${this.#generation}.${partition}`;
  }

  /**
   * Another subject, so that requests which the server still has are over: nobody listens for their messages. Does nothing where there is
   * no request any more: after `drain()`, and on a connection that ends.
   * @param keepsArrivals - what the server has sent before it heard of it still arrives.
   */
  renew({ keepsArrivals = false }: { readonly keepsArrivals?: boolean } = {}): void {
    const { natsConnection } = this.#connection;
    if (this.#isEnded || natsConnection.isClosed() || natsConnection.isDraining()) return;
    const old = this.#subscription;
    this.#generation++;
    this.#subscription = this.#subscribe(() => undefined);
    if (keepsArrivals) old?.drain().catch(() => undefined);
    else old?.unsubscribe();
  }

  /** Ends all requests. Resolves when what was on its way has arrived. */
  async drain(): Promise<void> {
    this.#isEnded = true;
    const { natsConnection } = this.#connection;
    if (this.#subscription === undefined || natsConnection.isClosed() || natsConnection.isDraining()) return;
    // A drain waits for an answer of the server, and nats.js does not end the wait when the connection ends without one.
    await Promise.race([this.#subscription.drain().catch(() => undefined), natsConnection.closed()]);
  }

  #subscribe(onRefused: (error: Error) => void): Subscription {
    return this.#connection.natsConnection.subscribe(`${this.#prefix}.${this.#generation}.*`, {
      callback: (error: unknown, message) => {
        if (error instanceof Error) onRefused(error);
        else this.#receive(message);
      },
    });
  }

  #receive(message: NatsMessage): void {
    try {
      const ackSubject = message.reply ?? "";
      if (ackSubject === "")
        this.#listener.onStatus(message, Number(message.subject.slice(message.subject.lastIndexOf(".") + 1)));
      else this.#listener.onMessage(message, ackSubject);
    } catch (error) {
      // A bug of ours. Thrown from here it would end the loop in which nats.js reads the socket, in silence.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

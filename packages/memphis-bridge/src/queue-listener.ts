import { type Connection, toStationkitError } from "@stationkit/core-protocol";

type NatsSubscription = ReturnType<Connection["natsConnection"]["subscribe"]>;

/** What a listener gets; `respond` does nothing for a message without a place for answers. */
export interface ReceivedMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly reply?: string;
  respond(payload: Uint8Array): boolean;
}

/** A subscription that shares its messages with those of the same queue group. */
export interface QueueListenerOptions {
  readonly subject: string;
  readonly queue: string;
  /** Deals with one message, and answers it; rejects for one that it will not deal with. */
  readonly handle: (message: ReceivedMessage) => Promise<void>;
  /** The subscription was denied, a message was not dealt with, or an answer could not be given. */
  readonly onError: (error: Error) => void;
}

/** Listens in a queue group until it is closed, and knows what it still has in hand. */
export class QueueListener {
  readonly #connection: Connection;
  readonly #subscription: NatsSubscription;
  readonly #inHand = new Set<Promise<void>>();

  constructor(connection: Connection, { subject, queue, handle, onError }: QueueListenerOptions) {
    this.#connection = connection;
    this.#subscription = connection.natsConnection.subscribe(subject, {
      queue,
      callback: (error, message) => {
        if (error !== null) {
          onError(toStationkitError(error, { subject }));
          return;
        }
        const work = handle(message)
          .catch((cause: unknown) => {
            onError(toStationkitError(cause, { subject }));
          })
          .finally(() => this.#inHand.delete(work));
        this.#inHand.add(work);
      },
    });
  }

  /** Takes nothing more, and resolves when everything that has arrived is done with. */
  async close(): Promise<void> {
    try {
      if (this.#connection.state === "connected") await this.#subscription.drain();
      else this.#subscription.unsubscribe();
    } catch {
      // The connection was lost meanwhile, and the subscription with it.
      this.#subscription.unsubscribe();
    }
    while (this.#inHand.size > 0) await Promise.allSettled([...this.#inHand]);
  }
}

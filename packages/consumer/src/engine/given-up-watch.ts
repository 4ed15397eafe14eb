import { type Connection, partitionStream, type StationName } from "@stationkit/core-protocol";
import { readStoredMessage } from "@stationkit/station-admin";
import type { DeadMessage } from "./dead-letter-writer.js";
import type { Durables } from "./durables.js";
import { persist } from "./persist.js";

/** Whose messages are watched, and who is told. */
export interface GivenUpWatchParts {
  readonly connection: Connection;
  readonly station: StationName;
  readonly durables: Durables;
  /** The server will not deliver this message to the group any more. */
  givenUp(message: DeadMessage): void;
  failed(error: unknown, partition: number): void;
}

/** What the server says once about each message that it gives up. @see nats-server server/jetstream_events.go */
interface Advisory {
  readonly stream_seq: number;
  readonly deliveries: number;
}

interface Subscription {
  unsubscribe(): void;
}

/**
 * Hears of messages that the server itself stops delivering: those of a group whose durable has a limit of the server's own, as a Memphis
 * broker or another tool makes it. The server says it once and keeps no list, so that whatever nobody hears is gone from the group.
 * Every member listens; a queue group would let a message vanish with the one member that got the word and died.
 */
export class GivenUpWatch {
  readonly #parts: GivenUpWatchParts;
  readonly #subscriptions = new Map<number, Subscription>();

  constructor(parts: GivenUpWatchParts) {
    this.#parts = parts;
  }

  /** Begins to listen; the subscription outlives the loss of the connection. */
  add(partition: number): void {
    const { connection, station, durables } = this.#parts;
    // Advisories stay on `$JS.EVENT` whatever prefix a domain gives the API.
    const subject = `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${partitionStream(station, partition)}.${durables.name}`;
    if (this.#subscriptions.has(partition) || connection.natsConnection.isClosed()) return;
    const subscription = connection.natsConnection.subscribe(subject, {
      callback: (error: unknown, message) => {
        if (error instanceof Error) this.#parts.failed(error, partition);
        else void this.#fetch(partition, message.data);
      },
    });
    // Rejects when the subscription was refused, which the callback is told as well.
    void subscription.closed.catch(() => undefined);
    this.#subscriptions.set(partition, subscription);
  }

  remove(partition: number): void {
    const subscription = this.#subscriptions.get(partition);
    this.#subscriptions.delete(partition);
    if (!this.#parts.connection.natsConnection.isClosed()) subscription?.unsubscribe();
  }

  close(): void {
    for (const partition of [...this.#subscriptions.keys()]) this.remove(partition);
  }

  async #fetch(partition: number, data: Uint8Array): Promise<void> {
    const { connection, station } = this.#parts;
    try {
      const { stream_seq: sequence, deliveries } = JSON.parse(Buffer.from(data).toString()) as Advisory;
      const stream = partitionStream(station, partition);
      const requests = {
        request: <Answer extends object>(operation: string, body?: object) =>
          persist(() => connection.jetStream.request<Answer>(operation, body, { station })),
      };
      const stored = await readStoredMessage(requests, stream, { seq: sequence });
      // Its retention or somebody's purge was quicker: the station itself does not have it any more.
      if (stored === undefined) return;
      this.#parts.givenUp({ station, partition, deliveries, ...stored });
    } catch (error) {
      this.#parts.failed(error, partition);
    }
  }
}

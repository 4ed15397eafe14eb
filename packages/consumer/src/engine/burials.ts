import { type StationkitError, toStationkitError } from "@stationkit/core-protocol";
import type { DeadLetterCause } from "@stationkit/station-admin";
import type { DeadLetterNotice } from "../consumer.js";
import type { DeadLetterSink } from "./dead-letter-sink.js";
import type { DeadMessage, StoredDeadLetter } from "./dead-letter-writer.js";
import type { StationMessage } from "./station-message.js";

/** Who is told of dead letters. */
export interface BurialObserver {
  buried(notice: DeadLetterNotice): void;
  failed(error: StationkitError): void;
  /** For how long a message is put off that could not be stored, milliseconds. */
  readonly delayMs: () => number;
}

/** Makes dead letters of messages, and takes them from the group. */
export class Burials {
  readonly #writer: DeadLetterSink;
  readonly #observer: BurialObserver;
  /** By place. While it takes long to store a message, it comes again, and again: one attempt is for all of them. */
  readonly #underWay = new Map<string, Promise<StoredDeadLetter>>();

  constructor(writer: DeadLetterSink, observer: BurialObserver) {
    this.#writer = writer;
    this.#observer = observer;
  }

  /** @throws {DeadLetterError} it could not be stored: it is still the group's. */
  async bury(message: StationMessage, cause: DeadLetterCause, reason: string): Promise<void> {
    const earlier = this.#underWay.get(placeOf(message));
    const { notice } = await (earlier ?? this.#store(message, cause, reason));
    message.terminate();
    if (earlier === undefined) this.#observer.buried(notice);
  }

  /** Never rejects: a message that could not be stored comes again later. */
  async buryOrDelay(message: StationMessage, cause: DeadLetterCause, reason: string): Promise<void> {
    const isFirst = !this.#underWay.has(placeOf(message));
    try {
      await this.bury(message, cause, reason);
    } catch (error) {
      if (isFirst) this.#observer.failed(toStationkitError(error));
      void message.delay(this.#observer.delayMs());
    }
  }

  /** A message that has come once too often. Never rejects. */
  exhaust(message: StationMessage): Promise<void> {
    return this.buryOrDelay(message, "max-deliveries", exhaustion(message.deliveries - 1));
  }

  /**
   * A message that the server itself will not deliver any more. Every member that hears of it stores it, so that it does not matter
   * which of them dies; one of them is the first, and tells of it. Never rejects.
   */
  async givenUp(message: DeadMessage): Promise<void> {
    try {
      const { notice, isFirst } = await this.#writer.store(message, "max-deliveries", exhaustion(message.deliveries));
      if (isFirst) this.#observer.buried(notice);
    } catch (error) {
      this.#observer.failed(toStationkitError(error));
    }
  }

  async #store(message: DeadMessage, cause: DeadLetterCause, reason: string): Promise<StoredDeadLetter> {
    const place = placeOf(message);
    const storing = this.#writer.store(message, cause, reason).finally(() => this.#underWay.delete(place));
    this.#underWay.set(place, storing);
    return storing;
  }
}

/** With the time: sequences of a station that is made again begin anew. */
function placeOf({ partition, sequence, storedAt }: DeadMessage): string {
  return `${partition} ${sequence} ${storedAt.getTime()}`;
}

function exhaustion(deliveries: number): string {
  return `delivered ${deliveries} times, and never acknowledged`;
}

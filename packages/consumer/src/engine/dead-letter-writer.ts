import {
  type ApiErrorBody,
  apiErrorToStationkitError,
  type Connection,
  type ConsumerGroupName,
  type ConsumerName,
  finalSubject,
  type MessageHeaders,
  parseStationName,
  partitionStream,
} from "@stationkit/core-protocol";
import {
  createStationAdmin,
  type DeadLetterCause,
  deadLetterStation,
  deadLetterStationOptions,
  encodeDeadLetterHeaders,
  type Station,
} from "@stationkit/station-admin";
import type { DeadLetterNotice } from "../consumer.js";
import { DeadLetterError } from "../consumer-errors.js";
import { persist } from "./persist.js";

/** Where dead letters come from. */
export interface DeadLetterOrigin {
  readonly connection: Connection;
  readonly consumerName: ConsumerName;
  readonly group: ConsumerGroupName;
}

/** A message, as far as its dead letter tells of it. */
export interface DeadMessage {
  readonly station: string;
  /** From 1. */
  readonly partition: number;
  readonly sequence: number;
  readonly deliveries: number;
  readonly data: Uint8Array;
  readonly headers: MessageHeaders;
  readonly storedAt: Date;
}

/** What became of a dead letter. */
export interface StoredDeadLetter {
  readonly notice: DeadLetterNotice;
  /** False when it was there already. */
  readonly isFirst: boolean;
}

const decoder = new TextDecoder();

/** Stores messages in the station's dead-letter station, with their story. */
export class DeadLetterWriter {
  readonly #origin: DeadLetterOrigin;
  #station: Station;
  #ready: Promise<Station> | undefined;

  constructor(origin: DeadLetterOrigin, station: Station) {
    this.#origin = origin;
    this.#station = station;
  }

  /** The station has changed: its dead letters may go elsewhere. */
  follow(station: Station): void {
    this.#station = station;
    this.#ready = undefined;
  }

  /**
   * Resolves when the dead letter is stored. The same message is stored once, also by several members, within the duplicate window of the
   * dead-letter station.
   * @throws {DeadLetterError}
   */
  async store(message: DeadMessage, cause: DeadLetterCause, reason: string): Promise<StoredDeadLetter> {
    const { station, partition, sequence, deliveries } = message;
    const { consumerName, group } = this.#origin;
    const dlsStation = deadLetterStation(this.#station);
    const story = { cause, reason, deliveries, station, partition, sequence, group, consumer: consumerName };
    const stream = partitionStream(parseStationName(station), partition);
    // With the time, since sequences of a station that is made again begin anew.
    const messageId = `dead-letter.${stream}.${sequence}.${message.storedAt.getTime()}.${group}`;
    const headerLines = encodeDeadLetterHeaders({ ...story, deadLetteredAt: new Date() }, message.headers, messageId);
    let isFirst: boolean;
    try {
      isFirst = await persist(() => this.#publish(partition, message.data, headerLines));
    } catch (error) {
      throw new DeadLetterError(message, dlsStation, { cause: error });
    }
    return { notice: { station, partition, sequence, cause, reason, deliveries, dlsStation }, isFirst };
  }

  /** @returns false when it was stored before. */
  async #publish(fromPartition: number, data: Uint8Array, headerLines: string): Promise<boolean> {
    const { connection } = this.#origin;
    const { name, partitions } = await this.#ensure();
    const partition = partitions[(fromPartition - 1) % partitions.length] ?? 1;
    const subject = finalSubject(partitionStream(name, partition));
    try {
      const bytes = await connection.request(subject, data, { headerLines, station: name });
      const answer = JSON.parse(decoder.decode(bytes)) as { error?: ApiErrorBody; duplicate?: boolean };
      if (answer.error !== undefined) throw apiErrorToStationkitError(answer.error, { station: name });
      return answer.duplicate !== true;
    } catch (error) {
      // It may have been destroyed: the next try makes it again.
      this.#ready = undefined;
      throw error;
    }
  }

  #ensure(): Promise<Station> {
    const ready = (this.#ready ??= createStationAdmin(this.#origin.connection).ensure(
      deadLetterStationOptions(this.#station),
    ));
    ready.catch(() => {
      if (this.#ready === ready) this.#ready = undefined;
    });
    return ready;
  }
}

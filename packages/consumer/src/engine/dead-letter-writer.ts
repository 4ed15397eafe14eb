import {
  type ApiErrorBody,
  apiErrorToStationkitError,
  type Connection,
  type ConsumerGroupName,
  type ConsumerName,
  finalSubject,
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
import type { StationMessage } from "./station-message.js";

/** Where dead letters come from. */
export interface DeadLetterOrigin {
  readonly connection: Connection;
  readonly consumerName: ConsumerName;
  readonly group: ConsumerGroupName;
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
  async store(message: StationMessage, cause: DeadLetterCause, reason: string): Promise<DeadLetterNotice> {
    const { station, partition, sequence, deliveries } = message;
    const { consumerName, group } = this.#origin;
    const dlsStation = deadLetterStation(this.#station);
    const story = { cause, reason, deliveries, station, partition, sequence, group, consumer: consumerName };
    const messageId = `dead-letter.${message.place.stream}.${sequence}.${message.place.storedAtMs}.${group}`;
    const headerLines = encodeDeadLetterHeaders({ ...story, deadLetteredAt: new Date() }, message.headers, messageId);
    try {
      await persist(() => this.#publish(partition, message.data, headerLines));
    } catch (error) {
      throw new DeadLetterError(message, dlsStation, { cause: error });
    }
    return { station, partition, sequence, cause, reason, deliveries, dlsStation };
  }

  async #publish(fromPartition: number, data: Uint8Array, headerLines: string): Promise<void> {
    const { connection } = this.#origin;
    const { name, partitions } = await this.#ensure();
    const partition = partitions[(fromPartition - 1) % partitions.length] ?? 1;
    const subject = finalSubject(partitionStream(name, partition));
    try {
      const answer = JSON.parse(
        decoder.decode(await connection.request(subject, data, { headerLines, station: name })),
      ) as {
        error?: ApiErrorBody;
      };
      if (answer.error !== undefined) throw apiErrorToStationkitError(answer.error, { station: name });
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

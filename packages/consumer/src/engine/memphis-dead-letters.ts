import type { ConsumerGroupName } from "@stationkit/core-protocol";
import { parseStationName, toInternalName } from "@stationkit/core-protocol";
import type { DeadLetterCause } from "@stationkit/station-admin";
import type { MemphisClient } from "@stationkit/station-admin/memphis";
import { DeadLetterError } from "../consumer-errors.js";
import type { DeadLetterSink } from "./dead-letter-sink.js";
import type { DeadMessage, StoredDeadLetter } from "./dead-letter-writer.js";
import { persist } from "./persist.js";

/** What stands for the dead-letter station where a broker keeps dead letters in its database. */
const BROKER_STORE = "";

/**
 * Tells a Memphis broker which message is dead; the broker takes it from the partition itself, so it is told before the message is taken
 * from the group: with retention until acknowledgement it would be gone by then.
 */
export class MemphisDeadLetters implements DeadLetterSink {
  readonly #client: MemphisClient;
  readonly #group: ConsumerGroupName;

  constructor(client: MemphisClient, group: ConsumerGroupName) {
    this.#client = client;
    this.#group = group;
  }

  /** The broker decides where its dead letters go. */
  follow(): void {
    return undefined;
  }

  /**
   * Resolves when the server has read the event; of a message that was delivered too often the broker makes the dead letter by itself,
   * and tells nobody.
   * @throws {DeadLetterError}
   */
  async store(message: DeadMessage, cause: DeadLetterCause, reason: string): Promise<StoredDeadLetter> {
    const { station, partition, sequence, deliveries } = message;
    const event = {
      station: parseStationName(station),
      error: reason,
      groupName: toInternalName(this.#group),
      sequence,
      partition,
    };
    try {
      if (cause !== "max-deliveries") await persist(() => this.#client.sendDeadLetter(event));
    } catch (error) {
      throw new DeadLetterError(message, BROKER_STORE, { cause: error });
    }
    const notice = { station, partition, sequence, cause, reason, deliveries, dlsStation: BROKER_STORE };
    return { notice, isFirst: cause !== "max-deliveries" };
  }
}

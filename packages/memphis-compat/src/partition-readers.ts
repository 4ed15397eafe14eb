import type { Connection, StationkitError } from "@stationkit/core-protocol";
import {
  changeConsumerGroup,
  type Consumer as Engine,
  ConsumerGroupConflictError,
  type ConsumerOptions as NativeOptions,
  createConsumer,
} from "@stationkit/consumer";
import { memphisPartitioner, resolvePartition } from "@stationkit/partitioner";
import { createStationAdmin } from "@stationkit/station-admin";
import { applyPartitions, type PartitionChoice } from "./produce-options.js";

/** What the readers of one consumer have in common. */
export interface ReadersParts {
  readonly connection: Connection;
  readonly native: NativeOptions;
  readonly onError: (error: StationkitError) => void;
}

/**
 * The consumers beneath one compat consumer, all members of its group: one that reads every partition, and one for each partition that was
 * asked for by itself, since memphis-dev lets each fetch choose.
 */
export class PartitionReaders {
  readonly #parts: ReadersParts;
  readonly #all: Engine;
  readonly #ofPartition = new Map<number, Promise<Engine>>();
  readonly #partitioner = memphisPartitioner();

  private constructor(parts: ReadersParts, all: Engine) {
    this.#parts = parts;
    this.#all = all;
  }

  /** Makes station and group where they are missing; a group that is there gets the settings of its newest member, as with Memphis. */
  static async open(parts: ReadersParts): Promise<PartitionReaders> {
    try {
      return new PartitionReaders(parts, await openReader(parts, {}));
    } catch (error) {
      if (!(error instanceof ConsumerGroupConflictError)) throw error;
      const { stationName, ackTimeoutMs, maxDeliveries } = parts.native;
      const changes = { ...(ackTimeoutMs && { ackTimeoutMs }), ...(maxDeliveries && { maxDeliveries }) };
      await changeConsumerGroup(parts.connection, { stationName, consumerGroup: error.group, ...changes });
      return new PartitionReaders(parts, await openReader(parts, {}));
    }
  }

  get partitions(): readonly number[] {
    return this.#all.partitions;
  }

  /** @throws {UsageError} for a key and a number at once, or a partition that there is not. @throws {StationNotFoundError} */
  async get(choice: PartitionChoice): Promise<Engine> {
    const { partitionKey, partitionNumber } = applyPartitions(choice, this.partitions);
    if (partitionNumber !== undefined) return this.#reader(partitionNumber);
    if (partitionKey === undefined) return this.#all;
    const station = this.#all.stationName;
    return this.#reader(
      resolvePartition(this.#partitioner, { key: partitionKey, partitions: this.partitions, station }),
    );
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#ofPartition.values());
    const readers = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    await Promise.all([this.#all, ...readers].map((reader) => reader.close()));
  }

  async #reader(partition: number): Promise<Engine> {
    let reader = this.#ofPartition.get(partition);
    if (reader === undefined) {
      reader = this.#join(partition);
      this.#ofPartition.set(partition, reader);
      reader.catch(() => this.#ofPartition.delete(partition));
    }
    return reader;
  }

  /** To be declared makes a missing station; to fetch does not, or one that somebody destroyed would be back, empty, without a word. */
  async #join(partition: number): Promise<Engine> {
    await createStationAdmin(this.#parts.connection).describe(this.#all.stationName);
    return openReader(this.#parts, { partitionNumber: partition });
  }
}

async function openReader(
  { connection, native, onError }: ReadersParts,
  partition: Pick<NativeOptions, "partitionNumber">,
): Promise<Engine> {
  const reader = await createConsumer(connection, { ...native, ...partition });
  reader.on("reading-interrupted", onError);
  reader.on("dead-letter-failed", onError);
  return reader;
}

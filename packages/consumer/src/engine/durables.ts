import {
  BrokerError,
  type Connection,
  type ConsumerGroupName,
  type InternalName,
  partitionStream,
  finalSubject,
  type StationName,
  StationNotFoundError,
} from "@stationkit/core-protocol";
import { type ConsumerGroupSettings, readGroupSettings } from "@stationkit/station-admin";
import { ConsumerGroupConflictError } from "../consumer-errors.js";
import type { GroupSettings } from "../consumer-options.js";
import { type StartPosition, toWireStart } from "../start-position.js";
import {
  durableName,
  type DurableInfo,
  groupDifferences,
  hindrances,
  newDurableConfig,
  PRIORITY_GROUP,
} from "./durable-config.js";
import { persist } from "./persist.js";

/** nats-server's numbers for consumers. @see https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const CONSUMER_NOT_FOUND = 10014;
const CONSUMER_EXISTS = 10148;

/** How durables are made. */
export interface DurablesOptions {
  /** The server stops delivering a message itself, as a Memphis broker wants it, which makes a dead letter of it. Default false. */
  readonly serverGivesUp?: boolean;
}

/** What tells a partition from another of its name that was there before. */
export interface StreamAge {
  /** Milliseconds since the epoch, by the server's clock. */
  readonly createdMs: number;
  readonly lastSequence: number;
}

interface StreamInfo {
  /** RFC 3339. */
  readonly created: string;
  readonly state: { readonly last_seq: number };
}

/** The durables of one group: one per partition, the same for all members. */
export class Durables {
  readonly name: InternalName;
  readonly #connection: Connection;
  readonly #station: StationName;
  readonly #group: ConsumerGroupName;
  readonly #settings: GroupSettings;
  readonly #serverGivesUp: boolean;
  /** What the group has, as last seen: for the durables of new partitions, and for one that was deleted. */
  #seen: GroupSettings = {};
  /** By partition, where a durable listens to more than what is produced: dead letters were sent again. */
  readonly #seenFilters = new Map<number, readonly string[]>();

  constructor(
    connection: Connection,
    place: { readonly station: StationName; readonly group: ConsumerGroupName },
    settings: GroupSettings,
    { serverGivesUp = false }: DurablesOptions = {},
  ) {
    this.#connection = connection;
    this.#station = place.station;
    this.#group = place.group;
    this.#settings = settings;
    this.#serverGivesUp = serverGivesUp;
    this.name = durableName(place.group);
  }

  /**
   * Makes the durable of a partition when it is missing. Of many members that do so at once one makes it, and the others take it.
   * @throws {ConsumerGroupConflictError} when it has other settings than those that were asked for by name, or cannot be read so.
   */
  async ensure(partition: number, start: StartPosition): Promise<DurableInfo> {
    return persist(async () => {
      for (;;) {
        const info = (await this.info(partition)) ?? (await this.#create(partition, start));
        // Another member was quicker, with another configuration: look at it.
        if (info === undefined) continue;
        this.#check(partition, info);
        return info;
      }
    });
  }

  /** @returns undefined when there is none. @throws {StationNotFoundError} when there is no such partition either. */
  async info(partition: number): Promise<DurableInfo | undefined> {
    const stream = partitionStream(this.#station, partition);
    try {
      const info = await this.#request<DurableInfo>(`CONSUMER.INFO.${stream}.${this.name}`);
      if (info.config.filter_subjects !== undefined) this.#seenFilters.set(partition, info.config.filter_subjects);
      return info;
    } catch (error) {
      if (hasServerCode(error, CONSUMER_NOT_FOUND)) return undefined;
      throw error;
    }
  }

  /**
   * What the group has on a partition; undefined when there is no such group.
   * @throws {ConsumerGroupConflictError} when it has other settings than those that were asked for by name.
   */
  async existing(partition: number): Promise<ConsumerGroupSettings | undefined> {
    const info = await persist(() => this.info(partition));
    if (info === undefined) return undefined;
    this.#check(partition, info);
    return readGroupSettings(info.config);
  }

  /** Whether the station has this partition. */
  async hasPartition(partition: number): Promise<boolean> {
    try {
      await persist(() => this.lastSequence(partition));
      return true;
    } catch (error) {
      if (error instanceof StationNotFoundError) return false;
      throw error;
    }
  }

  /** Sequence of the newest message of a partition. @throws {StationNotFoundError} */
  async lastSequence(partition: number): Promise<number> {
    return (await this.stream(partition)).lastSequence;
  }

  /** What a partition is stored in. @throws {StationNotFoundError} */
  async stream(partition: number): Promise<StreamAge> {
    const stream = partitionStream(this.#station, partition);
    const { created, state } = await this.#request<StreamInfo>(`STREAM.INFO.${stream}`);
    return { createdMs: Date.parse(created), lastSequence: state.last_seq };
  }

  /** Gives up a partition of an exclusive group, if it is held under this id. */
  async unpin(partition: number, pinId: string): Promise<void> {
    const stream = partitionStream(this.#station, partition);
    const info = await this.info(partition);
    if (info?.priority_groups?.[0]?.pinned_client_id !== pinId) return;
    await this.#request(`CONSUMER.UNPIN.${stream}.${this.name}`, { group: PRIORITY_GROUP });
  }

  /** @returns undefined when one with another configuration is there. */
  async #create(partition: number, start: StartPosition): Promise<DurableInfo | undefined> {
    const stream = partitionStream(this.#station, partition);
    const wireStart = toWireStart(start, needsLastSequence(start) ? await this.lastSequence(partition) : 0);
    const filters = this.#seenFilters.get(partition);
    // The server wants a single filter in the subject as well, so that a login can be limited to it.
    const filter = filters === undefined ? `.${finalSubject(stream)}` : "";
    const config = newDurableConfig(stream, this.name, {
      start: wireStart,
      settings: { ...this.#seen, ...this.#settings },
      filters,
      serverGivesUp: this.#serverGivesUp,
    });
    try {
      return await this.#request<DurableInfo>(`CONSUMER.CREATE.${stream}.${this.name}${filter}`, {
        stream_name: stream,
        config,
        action: "create",
      });
    } catch (error) {
      if (hasServerCode(error, CONSUMER_EXISTS)) return undefined;
      throw error;
    }
  }

  #check(partition: number, info: DurableInfo): void {
    const existing = readGroupSettings(info.config);
    const stream = partitionStream(this.#station, partition);
    const differences = [...hindrances(stream, info.config), ...groupDifferences(existing, this.#settings)];
    const { partitions, ackTimeoutMs, maxDeliveries } = existing;
    this.#seen = { partitions, ackTimeoutMs, ...(Number.isFinite(maxDeliveries) && { maxDeliveries }) };
    if (differences.length === 0) return;
    throw new ConsumerGroupConflictError({ station: this.#station, partition, group: this.#group }, differences);
  }

  #request<Answer extends object>(operation: string, body?: object): Promise<Answer> {
    return this.#connection.jetStream.request<Answer>(operation, body, { station: this.#station });
  }
}

function needsLastSequence(start: StartPosition): boolean {
  return typeof start === "object" && "lastMessages" in start;
}

function hasServerCode(error: unknown, code: number): boolean {
  return error instanceof BrokerError && error.serverErrorCode === code;
}

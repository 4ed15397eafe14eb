import {
  type Connection,
  type ConnectionStatus,
  parseConsumerGroupName,
  parseProducerName,
  parseStationName,
  type StationName,
  StationNotFoundError,
} from "@stationkit/core-protocol";
import { createProducer } from "@stationkit/producer";
import { createStationAdmin } from "@stationkit/station-admin";
import { AUTO_CREATED } from "./auto-created.js";
import { Consumer } from "./consumer.js";
import type { ResolvedConsumerOptions } from "./consumer-options.js";
import { type Log, logStatus } from "./log.js";
import { ManyStationsTarget } from "./many-stations-target.js";
import { PartitionReaders } from "./partition-readers.js";
import { Producer } from "./producer.js";
import { removeMember } from "./remove-member.js";
import { retryOnTimeout } from "./retry-on-timeout.js";
import { StationSchemas } from "./schemas/station-schemas.js";
import { StationTarget } from "./station-target.js";
import { withUniqueSuffix } from "./unique-suffix.js";

/** How a producer is declared. */
export interface ProducerDeclaration {
  readonly producerName: string;
  readonly genUniqueSuffix?: boolean | undefined;
  readonly timeoutRetry?: number | undefined;
}

interface CachedProducer {
  readonly station: StationName;
  readonly opening: Promise<Producer>;
}

/** Everything that lives on one connection: its producers, by station and name, its consumers, and the schemas of their stations. */
export class Session {
  readonly connection: Connection;
  readonly log: Log;
  readonly username: string;
  readonly #schemas: StationSchemas;
  readonly #producers = new Map<string, CachedProducer>();
  readonly #consumers = new Set<Consumer>();
  /** The first of each station and name, for `fetchMessages`. */
  readonly #fetchers = new Map<string, Promise<Consumer>>();

  constructor(connection: Connection, username: string, log: Log) {
    this.connection = connection;
    this.username = username;
    this.log = log;
    logStatus(connection, log);
    connection.on("status", this.#onStatus);
    const onRemoved = (station: StationName): void => {
      this.#forget(station).catch((error: unknown) => {
        log.error(`station "${station}" was removed: ${String(error)}`);
      });
    };
    this.#schemas = new StationSchemas({ connection, username, log, onRemoved });
  }

  /** One producer per station and name, also when it is asked for many times at once. */
  producer(stationName: string, declaration: ProducerDeclaration): Promise<Producer> {
    const station = parseStationName(stationName);
    const name = parseProducerName(declaration.producerName);
    const key = cacheKey(station, name);
    const cached = this.#producers.get(key);
    const isUnique = declaration.genUniqueSuffix === true;
    if (cached !== undefined && !isUnique) return cached.opening;
    const opening = retryOnTimeout(declaration.timeoutRetry, () =>
      this.#openProducer(station, isUnique ? withUniqueSuffix(name) : name, () => {
        if (this.#producers.get(key)?.opening === opening) this.#producers.delete(key);
      }),
    );
    if (cached === undefined) {
      this.#producers.set(key, { station, opening });
      opening.catch(() => this.#producers.delete(key));
    }
    return opening;
  }

  /** As `producer`, but the one that is there serves also where a unique name is asked for: else each message would have its own. */
  producerAtHand(stationName: string, declaration: ProducerDeclaration): Promise<Producer> {
    const key = cacheKey(parseStationName(stationName), parseProducerName(declaration.producerName));
    return this.#producers.get(key)?.opening ?? this.producer(stationName, declaration);
  }

  /** A producer whose messages go to several stations; it declares itself on each with its first message. */
  manyStationsProducer(stationNames: readonly string[], declaration: ProducerDeclaration): Producer {
    for (const name of stationNames) parseStationName(name);
    const name = parseProducerName(declaration.producerName);
    const declared = new Set<Producer>();
    const target = new ManyStationsTarget(stationNames, {
      get: async (stationName) => {
        const producer = await this.producerAtHand(stationName, { ...declaration, producerName: name });
        declared.add(producer);
        return producer;
      },
      declared: () => [...declared],
    });
    return new Producer({ target, log: this.log, onDestroyed: () => undefined });
  }

  /** @param name - under which `fetchMessages` finds it, if it is the first of that name. */
  consumer(options: ResolvedConsumerOptions, name: string): Promise<Consumer> {
    const key = cacheKey(options.station, name.toLowerCase());
    const opening = this.#openConsumer(options, () => {
      if (this.#fetchers.get(key) === opening) this.#fetchers.delete(key);
    });
    if (!this.#fetchers.has(key)) {
      this.#fetchers.set(key, opening);
      opening.catch(() => this.#fetchers.delete(key));
    }
    return opening;
  }

  /** The first consumer of a station and name that is open, or being opened. */
  cachedConsumer(station: StationName, name: string): Promise<Consumer> | undefined {
    return this.#fetchers.get(cacheKey(station, name.toLowerCase()));
  }

  /** Deletes a station; what this session has of it ends. */
  async destroyStation(station: StationName, timeoutRetry: number | undefined): Promise<void> {
    await this.#forget(station);
    await retryOnTimeout(timeoutRetry, async () => {
      try {
        await createStationAdmin(this.connection).destroy(station);
      } catch (error) {
        if (!(error instanceof StationNotFoundError)) throw error;
      }
    });
  }

  /** Waits for messages that are on their way, and closes the connection. */
  async close(): Promise<void> {
    this.connection.off("status", this.#onStatus);
    for (const consumer of this.#consumers) consumer.stop();
    this.#schemas.close();
    await this.connection.close();
    this.#producers.clear();
    this.#consumers.clear();
    this.#fetchers.clear();
  }

  async #openProducer(station: StationName, producerName: string, onDestroyed: () => void): Promise<Producer> {
    const { connection, log } = this;
    const engine = await createProducer<Uint8Array>(connection, {
      ...{ stationName: station, producerName, station: AUTO_CREATED },
    });
    const held = await this.#schemas.hold(station).catch(async (error: unknown) => {
      await engine.close();
      throw error;
    });
    const target = new StationTarget({ connection, log, station, producerName, engine, held });
    const producer = new Producer({ target, log, onDestroyed });
    engine.on("delivery-failed", (error, { request }) => {
      // Who waits for the acknowledgement hears it there.
      if ((request as { asyncProduce?: boolean }).asyncProduce !== false) producer.failed(error);
    });
    return producer;
  }

  async #openConsumer(options: ResolvedConsumerOptions, onDestroyed: () => void): Promise<Consumer> {
    const { connection, log } = this;
    const { station, native } = options;
    const { consumerName } = native;
    const group = parseConsumerGroupName(native.consumerGroup ?? consumerName);
    const made: { consumer?: Consumer } = {};
    const readers = await retryOnTimeout(options.timeoutRetry, () =>
      PartitionReaders.open({
        connection,
        native,
        onError: (error) => {
          made.consumer?.failed(error);
        },
      }),
    );
    const held = await this.#schemas.hold(station).catch(async (error: unknown) => {
      await readers.close();
      throw error;
    });
    const opened = new Consumer({
      ...{ options, readers, held, log },
      removeMember: () => removeMember(connection, { station, consumerName, group, partitions: readers.partitions }),
      onDestroyed: () => {
        this.#consumers.delete(opened);
        onDestroyed();
      },
    });
    made.consumer = opened;
    this.#consumers.add(opened);
    return opened;
  }

  async #forget(station: StationName): Promise<void> {
    const producers = [...this.#producers.values()].filter((cached) => cached.station === station);
    const consumers = [...this.#consumers].filter((consumer) => consumer.stationName === station);
    await Promise.all([
      ...producers.map(async ({ opening }) => (await opening).leave(station)),
      ...consumers.map((consumer) => consumer.leave()),
    ]);
  }

  /** The connection has ended by itself, and with it all reading. */
  readonly #onStatus = (status: ConnectionStatus): void => {
    if (status.type !== "closed" || status.error === undefined) return;
    for (const consumer of this.#consumers) {
      consumer.stop();
      consumer.failed(status.error);
    }
  };
}

function cacheKey(station: string, name: string): string {
  return `${station} ${name}`;
}

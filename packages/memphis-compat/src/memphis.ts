import { readFile } from "node:fs/promises";
import {
  BrokerError,
  connect,
  type Connection,
  requireKnownKeys,
  StationNotFoundError,
  toStationkitError,
  UsageError,
} from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";
import { CONNECT_DEFAULTS, type ConnectOptions, resolveConnectOptions } from "./connect-options.js";
import { type RetentionTypes, retentionTypes, type StorageTypes, storageTypes } from "./constants.js";
import type { Consumer } from "./consumer.js";
import { type ConsumerOptions, type FetchMessagesOptions, resolveConsumerOptions } from "./consumer-options.js";
import { ControlPlaneMissingError } from "./errors.js";
import { consoleLog, silentLog } from "./log.js";
import type { Message } from "./message.js";
import { MsgHeaders } from "./message-headers.js";
import { type ProduceOptions, type ResolvedProduce, resolveProduce } from "./produce-options.js";
import { hear, isCallersFault, type Producer } from "./producer.js";
import { retryOnTimeout } from "./retry-on-timeout.js";
import { attachSchema, createSchema, createStation, detachSchema, type SchemaCall } from "./schemas/schema-calls.js";
import { Session } from "./session.js";
import { Station } from "./station.js";
import {
  refuseWhatNatsLacks,
  type ResolvedStationOptions,
  resolveStationOptions,
  type StationOptions,
} from "./station-options.js";
import { withUniqueSuffix } from "./unique-suffix.js";

/** A producer to be declared. */
export interface ProducerOptions {
  /** One station, or several that each message then goes to. */
  readonly stationName: string | readonly string[];
  readonly producerName: string;
  /** Adds eight random characters to the name. */
  readonly genUniqueSuffix?: boolean | undefined;
  /** How often to ask again when there is no answer, default 5. */
  readonly timeoutRetry?: number | undefined;
}

/** A message, and the producer that is to send it. */
export type DirectProduceOptions = ProduceOptions & Omit<ProducerOptions, "timeoutRetry">;

/** A schema to be kept by the control plane. */
export interface SchemaOptions {
  /** 1 to 128 of `a-z 0-9 _ - .`, first and last alphanumeric. */
  readonly schemaName: string;
  /** `json`, `avro`, `protobuf` or `graphql`. */
  readonly schemaType: string;
  /** Path of the file that holds it. */
  readonly schemaFilePath: string;
  readonly timeoutRetry?: number | undefined;
}

/** Which schema for which station. */
export interface SchemaAttachment {
  readonly name: string;
  readonly stationName: string;
  readonly timeoutRetry?: number | undefined;
}

/** One connection, and all that is done through it. `memphis` is the one that most programs use; `createMemphisInstance()` makes another. */
export class Memphis {
  readonly retentionTypes: RetentionTypes = retentionTypes;
  readonly storageTypes: StorageTypes = storageTypes;
  /** The next five are those of the last `connect()`. */
  host = "";
  port: number = CONNECT_DEFAULTS.port;
  username = "";
  accountId: number = CONNECT_DEFAULTS.accountId;
  /** UUID of the connection; empty before the first. */
  connectionId = "";
  #session: Session | undefined;
  #options = "";
  /** Connecting and closing, one after the other. */
  #changing: Promise<unknown> = Promise.resolve();

  /**
   * Connects. Called again with the same options it resolves with the connection that is there; with others, that one is closed first.
   * @throws {UsageError} for options that cannot be right. @throws {StationkitError} as core-protocol's `connect()`.
   */
  connect(options: ConnectOptions): Promise<Memphis> {
    return this.#inTurn(async () => {
      const { native, suppressLogs, port, accountId } = resolveConnectOptions(options);
      const key = JSON.stringify(options);
      if (this.#live !== undefined && key === this.#options) return this;
      await this.#end();
      const connection = await connect(native);
      const log = suppressLogs ? silentLog : consoleLog;
      this.#session = new Session(connection, options.username, log);
      this.#options = key;
      Object.assign(this, { host: options.host, port, username: options.username, accountId });
      this.connectionId = connection.id;
      return this;
    });
  }

  /** Waits for messages that are on their way, and disconnects. Never rejects; without a connection it does nothing. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#end());
  }

  /** False before `connect()`, while reconnecting, and after `close()`. */
  isConnected(): boolean {
    return this.#session?.connection.state === "connected";
  }

  /** The connection underneath, for `createProducer`, `createConsumer` and `createStationAdmin`. @throws {UsageError} when there is none. */
  get connection(): Connection {
    return this.#required.connection;
  }

  /** Makes a station. One that exists stays as it is. @throws {UsageError} for what a broker would refuse, and what this one cannot do. */
  async station(options: StationOptions): Promise<Station> {
    const session = this.#required;
    const resolved = resolveStationOptions(options);
    const { native, timeoutRetry } = resolved;
    if ((await session.connection.controlPlane()) === "jetstream") refuseWhatNatsLacks(resolved);
    if (!resolved.isSpecial || !(await this.#createSpecialStation(resolved))) {
      const admin = createStationAdmin(session.connection);
      await retryOnTimeout(timeoutRetry, () => admin.ensure(native));
    }
    return new Station(native.name, (name, retries) => session.destroyStation(name, retries));
  }

  /**
   * Keeps a schema; one of that name and type gets a new version.
   * @throws {UsageError} its file cannot be read. @throws {ControlPlaneMissingError}
   */
  async createSchema({ schemaName, schemaType, schemaFilePath, timeoutRetry }: SchemaOptions): Promise<void> {
    const call = this.#schemaCall(timeoutRetry);
    const content = await readFile(schemaFilePath, "utf8").catch((cause: unknown) => {
      throw new UsageError(`schemaFilePath cannot be read: ${String(cause)}`, { cause });
    });
    await createSchema(call, { name: schemaName, type: schemaType, content });
  }

  /** The older name of `enforceSchema`. */
  attachSchema(attachment: SchemaAttachment): Promise<void> {
    return this.enforceSchema(attachment);
  }

  /** From now on the station's producers check messages against the schema. @throws {ControlPlaneMissingError} */
  async enforceSchema({ name, stationName, timeoutRetry }: SchemaAttachment): Promise<void> {
    if (name === "" || stationName === "") throw new UsageError("name and stationName must not be empty");
    await attachSchema(this.#schemaCall(timeoutRetry), name, stationName);
  }

  /** Takes the station's schema away. @throws {ControlPlaneMissingError} */
  async detachSchema({ stationName, timeoutRetry }: Omit<SchemaAttachment, "name">): Promise<void> {
    if (stationName === "") throw new UsageError("stationName must not be empty");
    await detachSchema(this.#schemaCall(timeoutRetry), stationName);
  }

  /** Declares a producer; a missing station is made. Of one station and name there is one, whoever asks. */
  async producer({ stationName, ...declaration }: ProducerOptions): Promise<Producer> {
    requireKnownKeys("producer", declaration, DECLARATION_KEYS);
    const session = this.#required;
    if (typeof stationName === "string") return session.producer(stationName, declaration);
    return session.manyStationsProducer(stationName, declaration);
  }

  /** Sends a message, through the producer of that name, which is declared when it is missing. See `Producer.produce`. */
  produce(options: DirectProduceOptions): Promise<void> {
    const produced = this.#produce(options, () => {
      hear(produced);
    });
    return produced;
  }

  /** Declares a consumer; a missing station is made, and so is the group. */
  async consumer(options: ConsumerOptions): Promise<Consumer> {
    const { consumerName, genUniqueSuffix } = options;
    const resolved = resolveConsumerOptions({
      ...options,
      consumerName: genUniqueSuffix === true ? withUniqueSuffix(consumerName) : consumerName,
    });
    return this.#required.consumer(resolved, consumerName);
  }

  /** Fetches one batch, through the consumer of that name, which is declared when it is missing. */
  async fetchMessages(options: FetchMessagesOptions): Promise<Message[]> {
    const { station, batchSize, partition, batchMaxTimeToWaitMs } = resolveConsumerOptions(options);
    const consumer = await (this.#required.cachedConsumer(station, options.consumerName) ?? this.consumer(options));
    return consumer.read(batchSize, partition, batchMaxTimeToWaitMs);
  }

  /** Headers for messages. */
  headers(): MsgHeaders {
    return new MsgHeaders();
  }

  get #live(): Session | undefined {
    return this.#session?.connection.state === "closed" ? undefined : this.#session;
  }

  get #required(): Session {
    const session = this.#live;
    if (session === undefined) throw new UsageError("there is no connection: await memphis.connect() first");
    return session;
  }

  async #produce(options: DirectProduceOptions, onTold: () => void): Promise<void> {
    const { stationName, producerName, genUniqueSuffix, ...message } = options;
    const request = resolveProduce(message);
    const producer = await this.#declared({ stationName, producerName, genUniqueSuffix }, request, onTold);
    await producer.deliver(request, onTold);
  }

  async #declared(options: ProducerOptions, request: ResolvedProduce, onTold: () => void): Promise<Producer> {
    const session = this.#required;
    try {
      const { stationName, ...declaration } = options;
      return await (typeof stationName === "string"
        ? session.producerAtHand(stationName, declaration)
        : this.producer(options));
    } catch (cause) {
      const error = toStationkitError(cause);
      if (request.asyncProduce && !isCallersFault(error)) {
        onTold();
        session.log.error(`producer "${options.producerName}" could not be declared: ${error.message}`);
      }
      throw error;
    }
  }

  /** @returns false where no control plane answers, and none is needed: without schemas none refuses a message. */
  async #createSpecialStation({ native, request, timeoutRetry }: ResolvedStationOptions): Promise<boolean> {
    try {
      await createStation(this.#schemaCall(timeoutRetry), request);
    } catch (error) {
      if (error instanceof ControlPlaneMissingError && request.schemaName === "") return false;
      throw error;
    }
    try {
      await createStationAdmin(this.connection).describe(native.name);
      return true;
    } catch (cause) {
      if (!(cause instanceof StationNotFoundError)) throw cause;
      // A Memphis broker says ok to an unknown schema, and makes nothing.
      throw new BrokerError(
        `station "${native.name}" was not made: is there a schema "${request.schemaName}"?`,
        {},
        { cause },
      );
    }
  }

  #schemaCall(timeoutRetry: number | undefined): SchemaCall {
    const { connection, username } = this.#required;
    return { connection, username, timeoutRetry };
  }

  async #end(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }

  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }
}

const DECLARATION_KEYS: ReadonlySet<string> = new Set(["producerName", "genUniqueSuffix", "timeoutRetry"]);

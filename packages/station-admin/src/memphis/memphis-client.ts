import { randomUUID } from "node:crypto";
import {
  type Connection,
  ConnectionLostError,
  isLive,
  requireConnection,
  requireDurationMs,
  requireKnownKeys,
  toStationkitError,
} from "@stationkit/core-protocol";
import {
  type ConsumerCreationOptions,
  type ConsumerCreationReply,
  CONTROL_SUBJECT,
  decodeConsumerCreationReply,
  decodeErrorReply,
  decodePlainReply,
  decodeProducerCreationReply,
  DEFAULT_MEMPHIS_USERNAME,
  encodeConsumerCreation,
  encodeConsumerDestruction,
  encodeNackedDls,
  encodeNotification,
  encodePmAck,
  encodeProducerCreation,
  encodeProducerDestruction,
  encodeSchemaAttachment,
  encodeSchemaCreation,
  encodeSchemaDetachment,
  encodeSchemaverseDls,
  encodeStationCreation,
  encodeStationDestruction,
  isNotExist,
  isSchemaTypeClash,
  isAlreadyExists,
  isStationAlreadyExists,
  type NackedDlsEvent,
  type NotificationOptions,
  type PmAckEvent,
  type ProducerCreationReply,
  type SchemaCreationOptions,
  type SchemaverseDlsOptions,
  type StationCreationOptions,
} from "@stationkit/core-protocol/control";
import { Operation } from "../operation.js";
import { type ControlRequest, requireAccepted, sendControlRequest } from "./control-request.js";

/** Options of a client. */
export interface MemphisClientOptions {
  /** Milliseconds that one request may take, repeats included; integer ≥ 1, default 30,000. */
  readonly timeoutMs?: number;
}

/** A registered producer or consumer, as users write its names. */
export interface ClientName {
  readonly name: string;
  readonly stationName: string;
}

/** What this process and its login say of themselves is filled in. */
type Own<Options> = Omit<Options, "username" | "connectionId" | "appId" | "sdkLanguage">;

/**
 * Speaks to the control plane of a Memphis broker, or of what answers for one.
 *
 * Requests carry no headers, are repeated while the broker is away or does not answer, and are made in the name of the connection's
 * user. All throw `BrokerError` when the broker refuses, with its text, and `RequestTimeoutError` (outcome unknown). Events are not
 * answered: their promise resolves when the server has read them.
 */
export interface MemphisClient {
  /** Asks for a station. Resolves when the broker has accepted: no proof that it exists, or has these settings. */
  createStation(options: Own<StationCreationOptions>): Promise<void>;
  /** @returns false when there was none. */
  destroyStation(stationName: string): Promise<boolean>;
  /** Registers a producer; a missing station comes into being with the broker's own defaults. */
  registerProducer(producer: ClientName): Promise<ProducerCreationReply>;
  /** Ends all registrations of that name on this connection; none is no error. */
  unregisterProducer(producer: ClientName): Promise<void>;
  /** Registers a member of a group, and makes the group's durables; a missing station comes into being. */
  registerConsumer(options: Own<ConsumerCreationOptions>): Promise<ConsumerCreationReply>;
  /** As `unregisterProducer`. The broker deletes the durables with the last member. */
  unregisterConsumer(consumer: ClientName): Promise<void>;
  /** Creates a schema, or adds a version to it, which the broker does not activate. One that is there already is no error. */
  createSchema(options: Omit<SchemaCreationOptions, "createdByUsername">): Promise<void>;
  attachSchema(schema: { readonly schemaName: string; readonly stationName: string }): Promise<void>;
  detachSchema(stationName: string): Promise<void>;
  /** Tells people, where the broker's administrator has set that up. */
  notify(event: NotificationOptions): Promise<void>;
  /** Puts a message that its schema refused into the station's dead-letter store. */
  sendSchemaFailure(event: Omit<SchemaverseDlsOptions, "connectionId">): Promise<void>;
  /** Puts a stored message that a consumer gave up into the station's dead-letter store. */
  sendDeadLetter(event: NackedDlsEvent): Promise<void>;
  /** Acknowledges a message that was sent again from the dead-letter store. */
  acknowledgeResent(event: PmAckEvent): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 30_000;
/** One per process, as a broker wants it. */
const APP_ID = randomUUID();

/**
 * Makes a client on a connection; it holds nothing open.
 * @throws {UsageError} for options that cannot be right.
 * @see memphis-protocol.md section 3
 */
export function createMemphisClient(connection: Connection, options: MemphisClientOptions = {}): MemphisClient {
  requireConnection("createMemphisClient", connection);
  requireKnownKeys("createMemphisClient", options, new Set(["timeoutMs"]));
  const timeoutMs = requireDurationMs("timeoutMs", options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  return memphisClient(connection, () => new Operation(connection, { timeoutMs }));
}

/** @param begin - makes the operation whose time a request takes. */
function memphisClient(connection: Connection, begin: () => Operation): MemphisClient {
  const username = connection.username ?? DEFAULT_MEMPHIS_USERNAME;
  const own = { username, connectionId: connection.id };
  const ask = <Reply extends { readonly error: string }>(request: ControlRequest<Reply>): Promise<Reply> =>
    sendControlRequest(begin(), request);
  const demand = async <Reply extends { readonly error: string }>(request: ControlRequest<Reply>): Promise<Reply> => {
    const reply = await ask(request);
    requireAccepted(request.subject, reply);
    return reply;
  };
  const tell = (subject: string, payload: Uint8Array): Promise<void> => publishEvent(connection, subject, payload);
  const plain = { decode: decodePlainReply };

  return {
    async createStation(station) {
      const subject = CONTROL_SUBJECT.stationCreations;
      const reply = await ask({ ...plain, subject, payload: encodeStationCreation({ ...station, username }) });
      if (!isStationAlreadyExists(reply.error)) requireAccepted(subject, reply);
    },
    async destroyStation(stationName) {
      const subject = CONTROL_SUBJECT.stationDestructions;
      const reply = await ask({ ...plain, subject, payload: encodeStationDestruction({ stationName, username }) });
      if (isNotExist(reply.error)) return false;
      requireAccepted(subject, reply);
      return true;
    },
    registerProducer({ name, stationName }) {
      return demand({
        subject: CONTROL_SUBJECT.producerCreations,
        payload: encodeProducerCreation({ ...own, producerName: name, stationName, appId: APP_ID }),
        decode: decodeProducerCreationReply,
        repeatsWhenExists: true,
      });
    },
    async unregisterProducer({ name, stationName }) {
      const subject = CONTROL_SUBJECT.producerDestructions;
      const reply = await ask({ ...plain, subject, payload: encodeProducerDestruction({ ...own, name, stationName }) });
      if (!isNotExist(reply.error)) requireAccepted(subject, reply);
    },
    registerConsumer(consumer) {
      return demand({
        subject: CONTROL_SUBJECT.consumerCreations,
        payload: encodeConsumerCreation({ ...consumer, ...own, appId: APP_ID }),
        decode: decodeConsumerCreationReply,
        repeatsWhenExists: true,
      });
    },
    async unregisterConsumer({ name, stationName }) {
      const subject = CONTROL_SUBJECT.consumerDestructions;
      const reply = await ask({ ...plain, subject, payload: encodeConsumerDestruction({ ...own, name, stationName }) });
      if (!isNotExist(reply.error)) requireAccepted(subject, reply);
    },
    async createSchema(schema) {
      const subject = CONTROL_SUBJECT.schemaCreations;
      const payload = encodeSchemaCreation({ ...schema, createdByUsername: username });
      const reply = await ask({ subject, payload, decode: decodeErrorReply });
      if (!isAlreadyExists(reply.error) || isSchemaTypeClash(reply.error)) requireAccepted(subject, reply);
    },
    async attachSchema({ schemaName, stationName }) {
      const payload = encodeSchemaAttachment({ schemaName, stationName, username });
      await demand({ ...plain, subject: CONTROL_SUBJECT.schemaAttachments, payload });
    },
    async detachSchema(stationName) {
      const payload = encodeSchemaDetachment({ stationName, username });
      await demand({ ...plain, subject: CONTROL_SUBJECT.schemaDetachments, payload });
    },
    notify: (event) => tell(CONTROL_SUBJECT.notifications, encodeNotification(event)),
    sendSchemaFailure: (event) =>
      tell(CONTROL_SUBJECT.schemaverseDls, encodeSchemaverseDls({ ...event, connectionId: connection.id })),
    sendDeadLetter: (event) => tell(CONTROL_SUBJECT.nackedDls, encodeNackedDls(event)),
    acknowledgeResent: (event) => tell(CONTROL_SUBJECT.pmAcks, encodePmAck(event)),
  };
}

/** The client of one call of the admin. */
export function clientOf(operation: Operation): MemphisClient {
  return memphisClient(operation.connection, () => operation);
}

/** @throws {ConnectionLostError} when there is no socket, or it was lost before the server had read the event. */
async function publishEvent(connection: Connection, subject: string, payload: Uint8Array): Promise<void> {
  const { natsConnection, outbound } = connection;
  try {
    if (!natsConnection.isClosed() && !isLive(natsConnection)) {
      throw new ConnectionLostError(`the connection is lost: ${subject} was not sent`);
    }
    outbound.publishBare(subject, payload);
    outbound.flush();
    await natsConnection.flush();
  } catch (error) {
    throw toStationkitError(error, { subject });
  }
}

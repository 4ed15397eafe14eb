import {
  BrokerError,
  type Connection,
  encodeHeaderTail,
  HEADER,
  HEADER_PREAMBLE,
  headerLine,
  parseConsumerGroupName,
  parseStationName,
  type StationName,
} from "@stationkit/core-protocol";
import {
  consumerCreationFailure,
  CONTROL_SUBJECT,
  decodeConsumerCreation,
  decodeProducerCreation,
  decodeStationCreation,
  decodeStationDestruction,
  dlsSubject,
  encodeConsumerCreationReply,
  encodeErrorReply,
  encodeProducerCreationReply,
  type FirstFunctions,
  legacyDlsSubject,
  normalizeConsumerCreation,
  normalizeProducerCreation,
  normalizeStationCreation,
  producerCreationFailure,
  STATION_CREATION_DEFAULTS,
  type StationSchema,
} from "@stationkit/core-protocol/control";
import { addGroupDurables, addStationStreams, removeStationStreams } from "./model-streams.js";
import { type RecordedMessage, recordControlPlane, type Respond } from "./recorder.js";

/** What the model knows of a station. */
export interface ModelStation {
  readonly partitions: readonly number[];
  schema?: StationSchema;
  firstFunctions?: FirstFunctions;
}

/** A Memphis broker as our reference describes it, on the server of a connection, as far as its clients can tell. */
export interface ModelBroker {
  /** Everything that was sent to it, in the order of arrival. */
  readonly messages: readonly RecordedMessage[];
  /** Its database. */
  readonly stations: Map<string, ModelStation>;
  /** The bodies of what was sent on one subject. */
  sent(subject: string): readonly Readonly<Record<string, unknown>>[];
  /** Answers the next messages on a subject in this way, one each; undefined: not at all. */
  answerNext(subject: string, ...answers: readonly (Uint8Array | string | undefined)[]): void;
  /** Sends a message of its dead-letter store again, on both of its subjects. */
  sendAgain(message: ResentMessage): void;
  close(): void;
}

/** A message of the dead-letter store. */
export interface ResentMessage {
  readonly stationName: string;
  readonly group: string;
  readonly id: number;
  readonly text: string;
}

/** Resolves when the model listens. @param connection - may not be that of the clients under test. */
export async function startModelBroker(connection: Connection): Promise<ModelBroker> {
  const messages: RecordedMessage[] = [];
  const stations = new Map<string, ModelStation>();
  const scripted = new Map<string, (Uint8Array | string | undefined)[]>();
  const handlers = modelHandlers(connection, stations);

  const close = recordControlPlane(connection, async (message) => {
    messages.push(message);
    const script = scripted.get(message.subject) ?? [];
    if (script.length > 0) return script.shift();
    return handlers[message.subject]?.(message);
  });
  await connection.natsConnection.flush();
  return {
    messages,
    stations,
    sent: (subject) => messages.flatMap((one) => (one.subject === subject && one.json !== undefined ? [one.json] : [])),
    answerNext: (subject, ...answers) => {
      scripted.set(subject, [...(scripted.get(subject) ?? []), ...answers]);
    },
    sendAgain: (message) => {
      sendAgain(connection, message);
    },
    close,
  };
}

/** @see memphis-protocol.md section 9.4 */
function sendAgain({ natsConnection }: Connection, { stationName, group, id, text }: ResentMessage): void {
  const lines = headerLine(HEADER.memphisPoisonId, String(id)) + headerLine(HEADER.memphisPoisonGroup, group);
  const block = Buffer.concat([Buffer.from(HEADER_PREAMBLE), encodeHeaderTail(lines)]);
  // nats.js calls nothing but `encode` on the headers that it publishes.
  const headers = { encode: () => block } as never;
  const station = parseStationName(stationName);
  const consumerGroup = parseConsumerGroupName(group);
  for (const subject of [dlsSubject(station, consumerGroup), legacyDlsSubject(station, consumerGroup)]) {
    natsConnection.publish(subject, text, { headers });
  }
}

function modelHandlers(connection: Connection, stations: Map<string, ModelStation>): Readonly<Record<string, Respond>> {
  /** Auto-creation. */
  async function provide(name: StationName, username: string): Promise<ModelStation> {
    const there = stations.get(name);
    if (there !== undefined) return there;
    const creation = normalizeStationCreation({ ...STATION_CREATION_DEFAULTS, stationName: name, username });
    await addStationStreams(connection, creation);
    const station = { partitions: [1] };
    stations.set(name, station);
    return station;
  }
  return {
    [CONTROL_SUBJECT.stationCreations]: ({ bytes }) =>
      orText(async () => {
        const creation = normalizeStationCreation(decodeStationCreation(bytes));
        // Known already, or by a user that is not known: "done".
        if (stations.has(creation.stationName) || creation.username === "stranger") return "";
        await addStationStreams(connection, creation);
        stations.set(creation.stationName, {
          partitions: Array.from({ length: creation.partitions }, (_, index) => index + 1),
        });
        return "";
      }),
    [CONTROL_SUBJECT.stationDestructions]: ({ bytes }) =>
      orText(async () => {
        const { stationName } = decodeStationDestruction(bytes);
        const station = stations.get(stationName);
        if (station === undefined) return `Station ${stationName} does not exist`;
        stations.delete(stationName);
        await removeStationStreams(connection, stationName as StationName, station.partitions);
        return "";
      }),
    [CONTROL_SUBJECT.producerCreations]: async ({ bytes }) => {
      try {
        const { stationName, username } = normalizeProducerCreation(decodeProducerCreation(bytes));
        const { partitions, schema, firstFunctions = new Map() } = await provide(stationName, username);
        return encodeProducerCreationReply({
          ...producerCreationFailure(""),
          ...{ schema, partitions, firstFunctions, schemaverseToDls: true },
          stationVersion: partitions.length > 0 ? 2 : 0,
        });
      } catch (error) {
        return encodeProducerCreationReply(producerCreationFailure(textOf(error)));
      }
    },
    [CONTROL_SUBJECT.consumerCreations]: async ({ bytes }) => {
      try {
        const consumer = normalizeConsumerCreation(decodeConsumerCreation(bytes));
        const { partitions, schema } = await provide(consumer.stationName, consumer.username);
        await addGroupDurables(connection, consumer, partitions);
        return encodeConsumerCreationReply({ error: "", schema, partitions });
      } catch (error) {
        return encodeConsumerCreationReply(consumerCreationFailure(textOf(error)));
      }
    },
    [CONTROL_SUBJECT.producerDestructions]: () => Promise.resolve(""),
    [CONTROL_SUBJECT.consumerDestructions]: () => Promise.resolve(""),
    [CONTROL_SUBJECT.schemaAttachments]: () => Promise.resolve(""),
    [CONTROL_SUBJECT.schemaDetachments]: () => Promise.resolve(""),
    [CONTROL_SUBJECT.schemaCreations]: () => Promise.resolve(encodeErrorReply({ error: "" })),
  };
}

async function orText(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    return textOf(error);
  }
}

function textOf(error: unknown): string {
  return error instanceof BrokerError ? error.message : `server error: ${String(error)}`;
}

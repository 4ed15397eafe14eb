import {
  type Connection,
  functionSubject,
  HEADER,
  headerLine,
  type ProducerName,
  type StationName,
} from "@stationkit/core-protocol";
import {
  type FirstFunctions,
  hasStationFunctions,
  type ProducerCreationReply,
  type SdkClientsUpdate,
  type StationSchema,
} from "@stationkit/core-protocol/control";
import { createStationAdmin, type Station, type StationWatch } from "@stationkit/station-admin";
import {
  addressOf,
  createMemphisClient,
  listenToStationUpdates,
  type MemphisClient,
  provideStation,
  readRegistered,
} from "@stationkit/station-admin/memphis";
import type { NewStationOptions } from "../producer-options.js";
import { HeldUpdates } from "./held-updates.js";
import type {
  Declaration,
  DeclarationListener,
  MessageStyle,
  PartitionAddress,
  SchemaFailurePolicy,
} from "./declaration.js";

/** What a producer is declared as. */
export interface ProducerIdentity {
  readonly name: StationName;
  readonly producerName: ProducerName;
  readonly station: NewStationOptions;
}

/** For the end of a registration: not worth waiting for a broker that is away. */
const CLOSE_MS = 2_000;

/** Registers a producer at a Memphis broker; the station is made first when it is missing. */
export async function declareOnMemphis(connection: Connection, identity: ProducerIdentity): Promise<Declaration> {
  const { name, producerName } = identity;
  await provideStation(connection, name, identity.station);
  const updates = new HeldUpdates<MemphisDeclaration>();
  const stopUpdates = listenToStationUpdates(connection, name, {
    schema: (schema) => {
      updates.tell((declaration) => {
        declaration.setSchema(schema);
      });
    },
    clients: (update) => {
      updates.tell((declaration) => {
        declaration.hear(update);
      });
    },
  });
  try {
    const client = createMemphisClient(connection);
    const reply = await client.registerProducer({ name: producerName, stationName: name });
    const { station, isReadable, keepsNothing } = await readRegistered(connection, name, reply.partitions);
    if (keepsNothing) warnOfNoGroup(name);
    const declaration = new MemphisDeclaration({
      ...{ connection, client, identity, reply, station, isReadable, stopUpdates },
    });
    updates.release(declaration);
    return declaration;
  } catch (error) {
    stopUpdates();
    throw error;
  }
}

interface Parts {
  readonly connection: Connection;
  readonly client: MemphisClient;
  readonly identity: ProducerIdentity;
  readonly reply: ProducerCreationReply;
  readonly station: Station;
  readonly isReadable: boolean;
  readonly stopUpdates: () => void;
}

type MutableAddress = { -readonly [Key in keyof PartitionAddress]: PartitionAddress[Key] };

class MemphisDeclaration implements Declaration {
  readonly station: Station;
  readonly style: MessageStyle;
  readonly #parts: Parts;
  readonly #addresses = new Map<number, MutableAddress>();
  readonly #stopFunctions: () => void;
  readonly #watch: StationWatch | undefined;
  #partitions: readonly number[];
  #firstFunctions: FirstFunctions;
  #schema: StationSchema | undefined;
  #policy: SchemaFailurePolicy;
  #listener: DeclarationListener | undefined;
  #isClosed = false;

  constructor(parts: Parts) {
    const { connection, identity, reply, station } = parts;
    this.#parts = parts;
    this.station = station;
    this.style = memphisStyle(connection);
    this.#partitions = reply.partitions;
    this.#firstFunctions = reply.firstFunctions;
    this.#schema = reply.schema;
    this.#policy = policyOf(reply);
    const functions = (firstFunctions: FirstFunctions): void => {
      this.#firstFunctions = firstFunctions;
      this.#readdress();
    };
    const hasFunctions = hasStationFunctions(reply.stationVersion);
    this.#stopFunctions = listenToStationUpdates(connection, identity.name, hasFunctions ? { functions } : {});
    // Partitions never change there, but a station may be destroyed and made again, which a broker only tells when its UI does it.
    const isWatchable = parts.isReadable && reply.partitions.length > 0;
    this.#watch = isWatchable ? createStationAdmin(connection).watch(identity.name, { from: station }) : undefined;
    this.#watch?.on((event) => {
      if (event.type === "created") void this.#registerAgain(event.station);
      if (event.type === "changed") this.#listener?.station(event.station);
    });
  }

  get schema(): StationSchema | undefined {
    return this.#schema;
  }

  get schemaFailurePolicy(): SchemaFailurePolicy {
    return this.#policy;
  }

  address(partition: number): PartitionAddress {
    let address = this.#addresses.get(partition);
    if (address === undefined) this.#addresses.set(partition, (address = this.#addressOf(partition)));
    return address;
  }

  follow(listener: DeclarationListener): void {
    this.#listener = listener;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#parts.stopUpdates();
    this.#stopFunctions();
    this.#watch?.close();
    const { connection, identity } = this.#parts;
    try {
      const client = createMemphisClient(connection, { timeoutMs: CLOSE_MS });
      await client.unregisterProducer({ name: identity.producerName, stationName: identity.name });
    } catch {
      // A registration that is left behind publishes nothing: the broker removes it when its connection has been gone for a while.
    }
  }

  /** The partition's own subject, or that of its first function. @see memphis-protocol.md section 4 */
  #addressOf(partition: number): PartitionAddress {
    const address = addressOf(this.#parts.identity.name, this.#partitions, partition);
    const functionId = this.#firstFunctions.get(partition);
    return functionId === undefined ? address : { ...address, subject: functionSubject(address.stream, functionId) };
  }

  #readdress(): void {
    for (const [partition, address] of this.#addresses) address.subject = this.#addressOf(partition).subject;
  }

  setSchema(schema: StationSchema | undefined): void {
    this.#schema = schema;
    this.#listener?.schema(schema);
  }

  /** Broker 1.4.4 tells the dead-letter setting from before its change; what it says is taken, as by its own SDKs. */
  hear(update: SdkClientsUpdate): void {
    if (update.type === "send_notification") this.#policy = { ...this.#policy, notify: update.enabled };
    if (update.type === "schemaverse_to_dls") this.#policy = { ...this.#policy, deadLetter: update.enabled };
  }

  /** Another station has taken the name: it knows nothing of this producer. */
  async #registerAgain(station: Station): Promise<void> {
    const { client, identity } = this.#parts;
    try {
      const reply = await client.registerProducer({ name: identity.producerName, stationName: identity.name });
      if (this.#isClosed) return;
      this.#partitions = reply.partitions;
      this.#firstFunctions = reply.firstFunctions;
      this.#policy = policyOf(reply);
      this.#readdress();
      this.setSchema(reply.schema);
      this.#listener?.station({ ...station, partitions: reply.partitions.length > 0 ? reply.partitions : [1] });
    } catch {
      // The messages themselves tell whether the station takes them; a broker never asks for a registration before it stores one.
      this.#listener?.station(station);
    }
  }
}

function policyOf({ schemaverseToDls, sendNotification }: ProducerCreationReply): SchemaFailurePolicy {
  return { deadLetter: schemaverseToDls, notify: sendNotification };
}

/**
 * A broker takes the first occurrence of `msg-id` in the header block, and ignores nats-server's own name. A server that is newer than any
 * of Memphis's is plain NATS with a bridge: there it is the other way round, so that both are said.
 * @see memphis-protocol.md section 5.2
 */
export function memphisStyle({ id, server }: Pick<Connection, "id" | "server">): MessageStyle {
  const headerLines = headerLine(HEADER.memphisConnectionId, id);
  const isPlainNats = server.jetStreamApiLevel > 0;
  return {
    headerLines,
    messageIdLines: isPlainNats
      ? (msgId) => `${HEADER.memphisMessageId}: ${msgId}\r\n${HEADER.natsMessageId}: ${msgId}\r\n`
      : (msgId) => `${HEADER.memphisMessageId}: ${msgId}\r\n`,
  };
}

function warnOfNoGroup(station: StationName): void {
  process.emitWarning(
    `station "${station}" keeps messages until its consumer groups have acknowledged them, and has no group: messages are ` +
      "acknowledged to the producer, and not stored, until a consumer is declared.",
    { code: "SK_NO_CONSUMER_GROUP" },
  );
}

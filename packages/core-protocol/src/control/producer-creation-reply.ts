import { encodeJson } from "./encode-json.js";
import { readJsonReply } from "./json-reply.js";
import { type FirstFunctions, functionsToWire, readPartitionsUpdate } from "./partition-fields.js";
import { schemaFromWire, schemaToWire, type StationSchema } from "./station-schema.js";

/** The answer to `$memphis_producer_creations`. */
export interface ProducerCreationReply {
  /** Empty for ok; else every other field is zero and means nothing. */
  readonly error: string;
  /** Undefined when the station has none. */
  readonly schema: StationSchema | undefined;
  /** Partition numbers, from 1; empty for a station without partitions. */
  readonly partitions: readonly number[];
  /** Whether messages that the schema refuses go to the dead-letter store. */
  readonly schemaverseToDls: boolean;
  /** Whether such messages are also to be notified. */
  readonly sendNotification: boolean;
  /** 2 for current stations, 0 for those without partitions; see `hasStationFunctions`. */
  readonly stationVersion: number;
  /** Empty on every broker but Memphis cloud. */
  readonly firstFunctions: FirstFunctions;
}

/** A refusal, all else zero. @param error - not empty: that would say ok. */
export function producerCreationFailure(error: string): ProducerCreationReply {
  return {
    error,
    schema: undefined,
    partitions: [],
    schemaverseToDls: false,
    sendNotification: false,
    stationVersion: 0,
    firstFunctions: new Map(),
  };
}

/** Writes form J with every key, refusals too. @see memphis-protocol.md section 3.3 */
export function encodeProducerCreationReply(reply: ProducerCreationReply): Uint8Array {
  return encodeJson({
    schema_update: schemaToWire(reply.schema),
    partitions_update: { partitions_list: reply.partitions },
    schemaverse_to_dls: reply.schemaverseToDls,
    send_notification: reply.sendNotification,
    station_version: reply.stationVersion,
    station_partitions_first_functions: functionsToWire(reply.firstFunctions),
    error: reply.error,
  });
}

/**
 * Reads form J; plain text is the error, and no bytes is ok without partitions, as from brokers before that form.
 * @throws {MalformedMessageError} outcome `unknown`: the broker may have registered the producer.
 */
export function decodeProducerCreationReply(bytes: Uint8Array): ProducerCreationReply {
  const reply = readJsonReply(bytes, "producer creation reply");
  if (reply.type === "error") return producerCreationFailure(reply.error);
  const { body } = reply;
  return {
    error: "",
    schema: schemaFromWire(body.object("schema_update")),
    partitions: readPartitionsUpdate(body),
    schemaverseToDls: body.boolean("schemaverse_to_dls"),
    sendNotification: body.boolean("send_notification"),
    stationVersion: body.integer("station_version"),
    firstFunctions: body.integerMap("station_partitions_first_functions"),
  };
}

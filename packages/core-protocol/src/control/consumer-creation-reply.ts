import { encodeJson } from "./encode-json.js";
import { readJsonReply } from "./json-reply.js";
import { readPartitionsUpdate } from "./partition-fields.js";
import { encodePlainReply } from "./plain-reply.js";
import { schemaFromWire, schemaToWire, type StationSchema } from "./station-schema.js";

/** The answer to `$memphis_consumer_creations`. */
export interface ConsumerCreationReply {
  /** Empty for ok; else every other field is zero and means nothing. */
  readonly error: string;
  /** Undefined when the station has none. */
  readonly schema: StationSchema | undefined;
  /** Partition numbers, from 1; empty for a station without partitions. */
  readonly partitions: readonly number[];
}

/** A refusal, all else zero. @param error - not empty: that would say ok. */
export function consumerCreationFailure(error: string): ConsumerCreationReply {
  return { error, schema: undefined, partitions: [] };
}

/**
 * Writes JSON for ok and plain text for a refusal. A broker sends the JSON form after the text as well, but only the first of
 * two answers reaches who asked, and memphis.js would leave a subscription behind for a refusal in JSON.
 * @see memphis-protocol.md section 3.5; Memphis broker 1.4.4, memphis_handlers_consumers.go:383-386
 */
export function encodeConsumerCreationReply(reply: ConsumerCreationReply): Uint8Array {
  return reply.error === "" ? encodeConsumerCreationJson(reply) : encodePlainReply(reply);
}

/** Writes the JSON form, with every key, for refusals too: what a broker sends second. */
export function encodeConsumerCreationJson(reply: ConsumerCreationReply): Uint8Array {
  return encodeJson({
    schema_update: schemaToWire(reply.schema),
    partitions_update: { partitions_list: reply.partitions },
    error: reply.error,
  });
}

/**
 * Reads both forms: JSON, or plain text which is the error. No bytes is ok without partitions, as from older brokers.
 * @throws {MalformedMessageError} outcome `unknown`: the broker may have made the consumer.
 */
export function decodeConsumerCreationReply(bytes: Uint8Array): ConsumerCreationReply {
  const reply = readJsonReply(bytes, "consumer creation reply");
  if (reply.type === "error") return consumerCreationFailure(reply.error);
  return {
    error: "",
    schema: schemaFromWire(reply.body.object("schema_update")),
    partitions: readPartitionsUpdate(reply.body),
  };
}

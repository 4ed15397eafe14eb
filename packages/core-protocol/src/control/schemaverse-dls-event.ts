import { type StationName, toInternalName } from "../names.js";
import { encodeJson } from "./encode-json.js";
import { JsonObject } from "./json-object.js";
import { readInternalStation } from "./station-field.js";

/** `$memphis_schemaverse_dls`: a message that its schema refused, for the station's dead-letter store. No answer. */
export interface SchemaverseDlsEvent {
  readonly station: StationName;
  readonly producerName: string;
  readonly connectionId: string;
  /** The payload as it would have been sent. */
  readonly data: Uint8Array;
  /** All headers as they would have been sent, `$memphis_producedBy` and `$memphis_connectionId` among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly validationError: string;
  /** From 1; undefined when not said, as with all official SDKs. */
  readonly partition: number | undefined;
}

/** What a client has to say; `partition` may be left out. */
export type SchemaverseDlsOptions = Omit<SchemaverseDlsEvent, "partition"> & Partial<SchemaverseDlsEvent>;

const HEX = /^(?:[0-9a-f]{2})*$/i;

/**
 * Writes the payload as two hex digits per byte, and the headers as an object even when there are none: a broker stores the
 * message up to ten times over the first, and panics over the second.
 * @see memphis-protocol.md section 8.4
 */
export function encodeSchemaverseDls(event: SchemaverseDlsOptions): Uint8Array {
  return encodeJson({
    station_name: toInternalName(event.station),
    producer: { name: event.producerName, connection_id: event.connectionId },
    message: { data: Buffer.from(event.data).toString("hex"), headers: event.headers },
    validation_error: event.validationError,
    ...(event.partition !== undefined && { partition_number: event.partition }),
  });
}

/**
 * Missing or null headers are none.
 * @param keepOther - what is made of text that is no hex, such as memphis.js 1.3.2 sends for bytes below 0x10. Default: an error.
 * @throws {MalformedMessageError} outcome `rejected`.
 */
export function decodeSchemaverseDls(bytes: Uint8Array, keepOther?: (text: string) => Uint8Array): SchemaverseDlsEvent {
  const body = JsonObject.parse(bytes, { messageKind: "schemaverse DLS event", outcome: "rejected" });
  const producer = body.object("producer");
  const message = body.object("message");
  const text = message.string("data");
  const data = HEX.test(text) ? new Uint8Array(Buffer.from(text, "hex")) : keepOther?.(text);
  if (data === undefined) return message.fail("data", "must be two hex digits per byte");
  const partition = body.integer("partition_number");
  return {
    station: readInternalStation(body),
    producerName: producer.string("name"),
    connectionId: producer.string("connection_id"),
    data,
    headers: message.strings("headers"),
    validationError: body.string("validation_error"),
    partition: partition < 1 ? undefined : partition,
  };
}

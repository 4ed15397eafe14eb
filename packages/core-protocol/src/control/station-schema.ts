import type { WireValue } from "./encode-json.js";
import type { JsonObject } from "./json-object.js";

/** Types of schema that Memphis knows. @see memphis-protocol.md section 8.1 */
export const SCHEMA_TYPES: readonly ["protobuf", "json", "graphql", "avro"] = Object.freeze([
  "protobuf",
  "json",
  "graphql",
  "avro",
] as const);

/** One of `SCHEMA_TYPES`. */
export type SchemaType = (typeof SCHEMA_TYPES)[number];

/** The schema of a station, in its active version. Brokers do not check messages against it: their clients do. */
export interface StationSchema {
  readonly schemaName: string;
  /** One of `SCHEMA_TYPES`, unless the broker is newer than this list. */
  readonly schemaType: string;
  /** From 1. */
  readonly versionNumber: number;
  /** Protobuf only: base64 of a serialised `FileDescriptorSet`; else empty. */
  readonly descriptor: string;
  /** Source text. */
  readonly schemaContent: string;
  /** Protobuf only: name of the message without its package; else empty. */
  readonly messageStructName: string;
}

const NONE: StationSchema = Object.freeze({
  schemaName: "",
  schemaType: "",
  versionNumber: 0,
  descriptor: "",
  schemaContent: "",
  messageStructName: "",
});

/** True for one of `SCHEMA_TYPES`. */
export function isSchemaType(value: string): value is SchemaType {
  return (SCHEMA_TYPES as readonly string[]).includes(value);
}

/** @internal The wire's `schema_update` and `init`; all zero for no schema. @see memphis-protocol.md section 3.3 */
export function schemaToWire(schema: StationSchema | undefined): WireValue {
  const { schemaName, schemaType, versionNumber, descriptor, schemaContent, messageStructName } = schema ?? NONE;
  return {
    schema_name: schemaName,
    type: schemaType,
    active_version: {
      version_number: versionNumber,
      descriptor,
      schema_content: schemaContent,
      message_struct_name: messageStructName,
    },
  };
}

/** @internal The reverse of `schemaToWire`: no name is no schema, as memphis.js and memphis.py read it. */
export function schemaFromWire(body: JsonObject): StationSchema | undefined {
  const schemaName = body.string("schema_name");
  if (schemaName === "") return undefined;
  const version = body.object("active_version");
  return {
    schemaName,
    schemaType: body.string("type"),
    versionNumber: version.integer("version_number"),
    descriptor: version.string("descriptor"),
    schemaContent: version.string("schema_content"),
    messageStructName: version.string("message_struct_name"),
  };
}

import { encodeJson } from "./encode-json.js";
import { JsonObject, type MessageContext } from "./json-object.js";

/** `$memphis_schema_creations`; a name that exists gets a new version. The answer is an `ErrorReply`. */
export interface SchemaCreationRequest {
  readonly schemaName: string;
  /** `protobuf`, `json`, `graphql` or `avro`; not checked here. */
  readonly schemaType: string;
  readonly createdByUsername: string;
  /** Source text of the schema. */
  readonly schemaContent: string;
  /** Empty from all SDKs: the broker finds it out. */
  readonly messageStructName: string;
}

/** What a client has to say; `messageStructName` is empty where it says nothing. */
export type SchemaCreationOptions = Omit<SchemaCreationRequest, "messageStructName"> & Partial<SchemaCreationRequest>;

/** `$memphis_schema_attachments`. The answer is a `PlainReply`, or none when the broker cannot tell the clients. */
export interface SchemaAttachmentRequest {
  readonly schemaName: string;
  readonly stationName: string;
  readonly username: string;
}

/** `$memphis_schema_detachments`. The answer is a `PlainReply`. */
export interface SchemaDetachmentRequest {
  readonly stationName: string;
  readonly username: string;
}

/** @see memphis-protocol.md section 3.7 */
export function encodeSchemaCreation(request: SchemaCreationOptions): Uint8Array {
  return encodeJson({
    name: request.schemaName,
    type: request.schemaType,
    created_by_username: request.createdByUsername,
    schema_content: request.schemaContent,
    message_struct_name: request.messageStructName ?? "",
  });
}

/** @throws {MalformedMessageError} outcome `rejected`. */
export function decodeSchemaCreation(bytes: Uint8Array): SchemaCreationRequest {
  const body = JsonObject.parse(bytes, request("schema creation request"));
  return {
    schemaName: body.string("name"),
    schemaType: body.string("type"),
    createdByUsername: body.string("created_by_username"),
    schemaContent: body.string("schema_content"),
    messageStructName: body.string("message_struct_name"),
  };
}

/** @see memphis-protocol.md section 3.7 */
export function encodeSchemaAttachment({ schemaName, stationName, username }: SchemaAttachmentRequest): Uint8Array {
  return encodeJson({ name: schemaName, station_name: stationName, username });
}

/** @throws {MalformedMessageError} outcome `rejected`. */
export function decodeSchemaAttachment(bytes: Uint8Array): SchemaAttachmentRequest {
  const body = JsonObject.parse(bytes, request("schema attachment request"));
  return {
    schemaName: body.string("name"),
    stationName: body.string("station_name"),
    username: body.string("username"),
  };
}

/** @see memphis-protocol.md section 3.7 */
export function encodeSchemaDetachment({ stationName, username }: SchemaDetachmentRequest): Uint8Array {
  return encodeJson({ station_name: stationName, username });
}

/** @throws {MalformedMessageError} outcome `rejected`. */
export function decodeSchemaDetachment(bytes: Uint8Array): SchemaDetachmentRequest {
  const body = JsonObject.parse(bytes, request("schema detachment request"));
  return { stationName: body.string("station_name"), username: body.string("username") };
}

function request(messageKind: string): MessageContext {
  return { messageKind, outcome: "rejected" };
}

import { BrokerError, type Connection, MalformedMessageError, UsageError } from "@stationkit/core-protocol";
import {
  CONTROL_SUBJECT,
  decodeErrorReply,
  decodePlainReply,
  encodeSchemaAttachment,
  encodeSchemaCreation,
  encodeSchemaDetachment,
  encodeStationCreation,
  isAlreadyExists,
  isSchemaType,
  isSchemaTypeClash,
  isStationAlreadyExists,
  type PlainReply,
  SCHEMA_TYPES,
  type StationCreationRequest,
} from "@stationkit/core-protocol/control";
import { ControlPlaneMissingError } from "../errors.js";
import { retryOnTimeout } from "../retry-on-timeout.js";

/** How long a control plane may take to answer. @see memphis.js 1.3.2, memphis.ts */
const ANSWER_TIMEOUT_MS = 20_000;
const MAX_NAME_LENGTH = 128;

/** Where to ask, as whom, and how patiently. */
export interface SchemaCall {
  readonly connection: Connection;
  readonly username: string;
  readonly timeoutRetry: number | undefined;
}

/** Keeps a schema; a name that is there gets a new version. @throws {UsageError} for a bad name or type. */
export async function createSchema(
  call: SchemaCall,
  schema: { readonly name: string; readonly type: string; readonly content: string },
): Promise<void> {
  const request = encodeSchemaCreation({
    schemaName: requireSchemaName(schema.name),
    schemaType: requireSchemaType(schema.type),
    createdByUsername: call.username,
    schemaContent: schema.content,
  });
  const { error } = await ask(call, CONTROL_SUBJECT.schemaCreations, request, decodeErrorReply);
  if (isAlreadyExists(error) && !isSchemaTypeClash(error)) return;
  requireOk(error);
}

/**
 * Makes a station with what only a control plane keeps: its schema, and whether messages that it refuses become dead letters. One that
 * exists stays as it is.
 */
export async function createStation(
  call: SchemaCall,
  station: Omit<StationCreationRequest, "username">,
): Promise<void> {
  const request = encodeStationCreation({ ...station, username: call.username });
  const { error } = await ask(call, CONTROL_SUBJECT.stationCreations, request, decodePlainReply);
  if (!isStationAlreadyExists(error)) requireOk(error);
}

/** Makes a station's producers check against a schema. */
export async function attachSchema(call: SchemaCall, schemaName: string, stationName: string): Promise<void> {
  const request = encodeSchemaAttachment({ schemaName, stationName, username: call.username });
  requireOk((await ask(call, CONTROL_SUBJECT.schemaAttachments, request, decodePlainReply)).error);
}

/** Takes a station's schema away. */
export async function detachSchema(call: SchemaCall, stationName: string): Promise<void> {
  const request = encodeSchemaDetachment({ stationName, username: call.username });
  requireOk((await ask(call, CONTROL_SUBJECT.schemaDetachments, request, decodePlainReply)).error);
}

/** @throws {UsageError} @see memphis-protocol.md section 2, "Schema names" */
function requireSchemaName(name: unknown): string {
  const isLegal = typeof name === "string" && /^[a-z0-9]([a-z0-9_.-]*[a-z0-9])?$/.test(name);
  if (isLegal && name.length <= MAX_NAME_LENGTH) return name;
  const rule = `1 to ${MAX_NAME_LENGTH} of a-z 0-9 _ - . with an alphanumeric at both ends`;
  throw new UsageError(`a schema name must be ${rule}, not ${JSON.stringify(name)}`);
}

function requireSchemaType(type: string): string {
  if (isSchemaType(type)) return type;
  throw new UsageError(`schemaType must be one of ${SCHEMA_TYPES.join(", ")}, not ${JSON.stringify(type)}`);
}

async function ask(
  { connection, timeoutRetry }: SchemaCall,
  subject: string,
  request: Uint8Array,
  decode: (bytes: Uint8Array) => PlainReply,
): Promise<PlainReply> {
  try {
    return decode(
      await retryOnTimeout(timeoutRetry, () => connection.request(subject, request, { timeoutMs: ANSWER_TIMEOUT_MS })),
    );
  } catch (cause) {
    if (cause instanceof BrokerError && !(cause instanceof MalformedMessageError) && cause.serverCode === 503) {
      throw new ControlPlaneMissingError("a schema", { cause });
    }
    throw cause;
  }
}

function requireOk(error: string): void {
  if (error !== "") throw new BrokerError(`the control plane refused: ${error}`);
}

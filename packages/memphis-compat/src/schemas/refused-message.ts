import {
  type Connection,
  encodePayload,
  HEADER,
  type MessageHeaders,
  type StationName,
  toStationkitError,
} from "@stationkit/core-protocol";
import {
  CONTROL_SUBJECT,
  encodeNotification,
  encodeSchemaverseDls,
  REPLY_TEXT,
} from "@stationkit/core-protocol/control";
import type { SchemaValidationError } from "../errors.js";
import type { Log } from "../log.js";
import type { FollowedSchema } from "./station-schema.js";

/** A message that its station's schema has refused. */
export interface RefusedMessage {
  readonly station: StationName;
  readonly producerName: string;
  readonly message: unknown;
  readonly headers: MessageHeaders;
  readonly msgId: string | undefined;
  readonly error: SchemaValidationError;
}

/**
 * Tells the control plane, as the station wants it: the message for the dead-letter store, and a notification. Both are events without an
 * answer; one that cannot be sent is logged, since the caller hears of the refusal itself.
 * @see memphis-protocol.md section 8.4
 */
export function reportRefusal(
  { connection, log }: { readonly connection: Connection; readonly log: Log },
  schema: FollowedSchema,
  refused: RefusedMessage,
): void {
  if (!schema.schemaverseToDls) return;
  const data = bytesOf(refused.message);
  const event = encodeSchemaverseDls({
    station: refused.station,
    producerName: refused.producerName,
    connectionId: connection.id,
    data,
    headers: wireHeaders(connection, refused),
    validationError: refused.error.message,
  });
  try {
    connection.natsConnection.publish(CONTROL_SUBJECT.schemaverseDls, event);
    if (schema.sendNotification) {
      connection.natsConnection.publish(CONTROL_SUBJECT.notifications, notification(refused, data));
    }
  } catch (error) {
    log.error(`a refused message of "${refused.station}" was not kept: ${toStationkitError(error).message}`);
  }
}

function notification({ station, producerName, error }: RefusedMessage, data: Uint8Array): Uint8Array {
  return encodeNotification({
    title: REPLY_TEXT.schemaValidationFailed,
    message: `Station: ${station}\nProducer: ${producerName}\nError: ${error.message}`,
    code: new TextDecoder().decode(data),
  });
}

/** As without a schema; what has no bytes at all is kept as its text. */
function bytesOf(message: unknown): Uint8Array {
  try {
    return encodePayload(message);
  } catch {
    return encodePayload(String(message));
  }
}

function wireHeaders(connection: Connection, { headers, msgId, producerName }: RefusedMessage): Record<string, string> {
  const own = Object.entries(headers).map(([key, value]) => [key, [value].flat()[0] ?? ""] as const);
  return {
    ...(msgId !== undefined && { [HEADER.memphisMessageId]: msgId }),
    [HEADER.memphisConnectionId]: connection.id,
    [HEADER.memphisProducedBy]: producerName,
    ...Object.fromEntries(own),
  };
}

import { type ApplicationIdentity, decodeIdentity, encodeIdentity } from "./application-identity.js";
import {
  type ClientDestructionOptions,
  type ClientDestructionRequest,
  decodeClientDestruction,
  encodeClientDestruction,
} from "./client-destruction-request.js";
import { encodeJson } from "./encode-json.js";
import { JsonObject } from "./json-object.js";
import { REQUEST_VERSION } from "./request-version.js";

/**
 * `$memphis_consumer_creations`, as on the wire: nothing checked, nothing normalised (`normalizeConsumerCreation` does that).
 * The answer is a `ConsumerCreationReply`.
 */
export interface ConsumerCreationRequest extends ApplicationIdentity {
  readonly consumerName: string;
  /** As users write it, dots and any case of letters. */
  readonly stationName: string;
  readonly connectionId: string;
  readonly consumerType: string;
  /** Empty: the consumer's name. */
  readonly consumerGroup: string;
  readonly maxAckTimeMs: number;
  readonly maxMessageDeliveries: number;
  /** Stream sequence, from 1. */
  readonly startConsumeFromSequence: number;
  /** −1: all messages; 0: only new ones; n: the last n of each partition. */
  readonly lastMessages: number;
  /** 0 when the SDK does not say. */
  readonly requestVersion: number;
  /** Bare, without `$<accountId>`; case matters. */
  readonly username: string;
}

/** What the official SDKs send where their user says nothing. @see memphis-protocol.md section 3.5 */
export const CONSUMER_CREATION_DEFAULTS: Readonly<
  Omit<
    ConsumerCreationRequest,
    "consumerName" | "stationName" | "connectionId" | "consumerGroup" | "username" | "appId"
  >
> = Object.freeze({
  consumerType: "application",
  maxAckTimeMs: 30_000,
  maxMessageDeliveries: 2,
  startConsumeFromSequence: 1,
  lastMessages: -1,
  requestVersion: REQUEST_VERSION.current,
  sdkLanguage: "node.js",
});

/** What a client has to say; the rest has `CONSUMER_CREATION_DEFAULTS`, and the group has the consumer's name. */
export type ConsumerCreationOptions = Omit<
  ConsumerCreationRequest,
  keyof typeof CONSUMER_CREATION_DEFAULTS | "consumerGroup"
> &
  Partial<ConsumerCreationRequest>;

/**
 * @throws {UsageError} for a number that is no integer.
 * @see memphis-protocol.md section 3.5
 */
export function encodeConsumerCreation(options: ConsumerCreationOptions): Uint8Array {
  const request: ConsumerCreationRequest = {
    ...CONSUMER_CREATION_DEFAULTS,
    consumerGroup: options.consumerName,
    ...options,
  };
  return encodeJson({
    name: request.consumerName,
    station_name: request.stationName,
    connection_id: request.connectionId,
    consumer_type: request.consumerType,
    consumers_group: request.consumerGroup,
    max_ack_time_ms: request.maxAckTimeMs,
    max_msg_deliveries: request.maxMessageDeliveries,
    start_consume_from_sequence: request.startConsumeFromSequence,
    last_messages: request.lastMessages,
    ...(request.requestVersion !== REQUEST_VERSION.none && { req_version: request.requestVersion }),
    username: request.username,
    ...encodeIdentity(request, request.requestVersion),
  });
}

/** Missing fields are zero, not the SDKs' defaults. @throws {MalformedMessageError} outcome `rejected`. */
export function decodeConsumerCreation(bytes: Uint8Array): ConsumerCreationRequest {
  const body = JsonObject.parse(bytes, { messageKind: "consumer creation request", outcome: "rejected" });
  const connectionId = body.string("connection_id");
  const requestVersion = body.integer("req_version");
  return {
    consumerName: body.string("name"),
    stationName: body.string("station_name"),
    connectionId,
    consumerType: body.string("consumer_type"),
    consumerGroup: body.string("consumers_group"),
    maxAckTimeMs: body.integer("max_ack_time_ms"),
    maxMessageDeliveries: body.integer("max_msg_deliveries"),
    startConsumeFromSequence: body.unsigned("start_consume_from_sequence"),
    lastMessages: body.integer("last_messages"),
    requestVersion,
    username: body.string("username"),
    ...decodeIdentity(body, requestVersion, connectionId),
  };
}

/** `$memphis_consumer_destructions`; the answer is a `PlainReply`. @see memphis-protocol.md section 3.6 */
export function encodeConsumerDestruction(request: ClientDestructionOptions): Uint8Array {
  return encodeClientDestruction(request);
}

/** @throws {MalformedMessageError} outcome `rejected`. */
export function decodeConsumerDestruction(bytes: Uint8Array): ClientDestructionRequest {
  return decodeClientDestruction(bytes, "consumer destruction request");
}

import { type ProducerName, type StationName, parseProducerName, parseStationName } from "../names.js";
import { type ApplicationIdentity, decodeIdentity, encodeIdentity } from "./application-identity.js";
import {
  type ClientDestructionOptions,
  type ClientDestructionRequest,
  decodeClientDestruction,
  encodeClientDestruction,
} from "./client-destruction-request.js";
import { type ClientType, requireClientType } from "./client-type.js";
import { encodeJson } from "./encode-json.js";
import { JsonObject } from "./json-object.js";
import { parseRequestedName } from "./refused-name.js";
import { REQUEST_VERSION } from "./request-version.js";

/** `$memphis_producer_creations`, as on the wire: names unchecked. The answer is a `ProducerCreationReply`. */
export interface ProducerCreationRequest extends ApplicationIdentity {
  readonly producerName: string;
  /** As users write it, dots and any case of letters. */
  readonly stationName: string;
  readonly connectionId: string;
  readonly producerType: string;
  /** 0 when the SDK does not say. */
  readonly requestVersion: number;
  /** Bare, without `$<accountId>`; case matters. */
  readonly username: string;
}

/** What our own clients send where nothing is said. @see memphis-protocol.md section 3.3 */
export const PRODUCER_CREATION_DEFAULTS: Readonly<
  Pick<ProducerCreationRequest, "producerType" | "requestVersion" | "sdkLanguage">
> = Object.freeze({
  producerType: "application",
  requestVersion: REQUEST_VERSION.current,
  sdkLanguage: "node.js",
});

/** What a client has to say; the rest has `PRODUCER_CREATION_DEFAULTS`. */
export type ProducerCreationOptions = Omit<ProducerCreationRequest, keyof typeof PRODUCER_CREATION_DEFAULTS> &
  Partial<ProducerCreationRequest>;

/** A request whose names and type a broker accepts. */
export type NormalizedProducerCreation = Omit<
  ProducerCreationRequest,
  "producerName" | "stationName" | "producerType"
> & {
  readonly producerName: ProducerName;
  readonly stationName: StationName;
  readonly producerType: ClientType;
};

/**
 * Every request adds a registration, also the second one of the same producer.
 * @see memphis-protocol.md section 3.3
 */
export function encodeProducerCreation(options: ProducerCreationOptions): Uint8Array {
  const request: ProducerCreationRequest = { ...PRODUCER_CREATION_DEFAULTS, ...options };
  return encodeJson({
    name: request.producerName,
    station_name: request.stationName,
    connection_id: request.connectionId,
    producer_type: request.producerType,
    ...(request.requestVersion !== REQUEST_VERSION.none && { req_version: request.requestVersion }),
    username: request.username,
    ...encodeIdentity(request, request.requestVersion),
  });
}

/** @throws {MalformedMessageError} outcome `rejected`. */
export function decodeProducerCreation(bytes: Uint8Array): ProducerCreationRequest {
  const body = JsonObject.parse(bytes, { messageKind: "producer creation request", outcome: "rejected" });
  const connectionId = body.string("connection_id");
  const requestVersion = body.integer("req_version");
  return {
    producerName: body.string("name"),
    stationName: body.string("station_name"),
    connectionId,
    producerType: body.string("producer_type"),
    requestVersion,
    username: body.string("username"),
    ...decodeIdentity(body, requestVersion, connectionId),
  };
}

/** @throws {BrokerError} outcome `rejected`; its message is the `error` to answer. */
export function normalizeProducerCreation(request: ProducerCreationRequest): NormalizedProducerCreation {
  return {
    ...request,
    producerName: parseRequestedName("Producer", request.producerName, parseProducerName),
    producerType: requireClientType("producer", request.producerType),
    stationName: parseRequestedName("Station", request.stationName, parseStationName),
  };
}

/** `$memphis_producer_destructions`; the answer is a `PlainReply`. @see memphis-protocol.md section 3.4 */
export function encodeProducerDestruction(request: ClientDestructionOptions): Uint8Array {
  return encodeClientDestruction(request);
}

/** @throws {MalformedMessageError} outcome `rejected`. */
export function decodeProducerDestruction(bytes: Uint8Array): ClientDestructionRequest {
  return decodeClientDestruction(bytes, "producer destruction request");
}

import { encodeJson } from "./encode-json.js";
import { JsonObject, type MessageContext } from "./json-object.js";
import { REQUEST_VERSION } from "./request-version.js";

/** What removes a producer or a consumer from a broker's registry; both have the same shape. */
export interface ClientDestructionRequest {
  /** Name of the producer or consumer, as users write it. */
  readonly name: string;
  readonly stationName: string;
  readonly username: string;
  readonly connectionId: string;
  /** Below 1 the connection id does not count: `destroysByConnection`. */
  readonly requestVersion: number;
}

/** What a client has to say; `requestVersion` is 1 where it says nothing. */
export type ClientDestructionOptions = Omit<ClientDestructionRequest, "requestVersion"> &
  Partial<Pick<ClientDestructionRequest, "requestVersion">>;

/** @internal The bytes of `encodeProducerDestruction` and `encodeConsumerDestruction`. */
export function encodeClientDestruction(request: ClientDestructionOptions): Uint8Array {
  return encodeJson({
    name: request.name,
    station_name: request.stationName,
    username: request.username,
    connection_id: request.connectionId,
    req_version: request.requestVersion ?? REQUEST_VERSION.destruction,
  });
}

/** @internal The reverse of `encodeClientDestruction`. */
export function decodeClientDestruction(
  bytes: Uint8Array,
  messageKind: MessageContext["messageKind"],
): ClientDestructionRequest {
  const body = JsonObject.parse(bytes, { messageKind, outcome: "rejected" });
  return {
    name: body.string("name"),
    stationName: body.string("station_name"),
    username: body.string("username"),
    connectionId: body.string("connection_id"),
    requestVersion: body.integer("req_version"),
  };
}

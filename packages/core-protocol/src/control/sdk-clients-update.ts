import { type StationName, toInternalName } from "../names.js";
import { encodeJson } from "./encode-json.js";
import { JsonObject } from "./json-object.js";
import { readInternalStation } from "./station-field.js";

/** What a broker tells all clients on `$memphis_sdk_clients_updates`; the discriminants are the wire's. */
export type SdkClientsUpdate =
  /** For the whole cluster: whether messages that a schema refuses are to be notified. */
  | { readonly type: "send_notification"; readonly enabled: boolean }
  /** Whether such messages of one station go to its dead-letter store. Broker 1.4.4 sends the value from before the change. */
  | { readonly type: "schemaverse_to_dls"; readonly station: StationName; readonly enabled: boolean }
  /** The station was removed in the UI: what is cached of it is void. Removal by a client is not told. */
  | { readonly type: "remove_station"; readonly station: StationName };

/** @see memphis-protocol.md section 3.8 */
export function encodeSdkClientsUpdate(update: SdkClientsUpdate): Uint8Array {
  return encodeJson({
    station_name: update.type === "send_notification" ? "" : toInternalName(update.station),
    type: update.type,
    update: update.type === "remove_station" ? null : update.enabled,
  });
}

/**
 * @returns undefined for a type that this version does not know: SDKs ignore those.
 * @throws {MalformedMessageError} outcome `unknown`.
 */
export function decodeSdkClientsUpdate(bytes: Uint8Array): SdkClientsUpdate | undefined {
  const body = JsonObject.parse(bytes, { messageKind: "clients update", outcome: "unknown" });
  const type = body.string("type");
  switch (type) {
    case "send_notification":
      return { type, enabled: body.boolean("update") };
    case "schemaverse_to_dls":
      return { type, station: readInternalStation(body), enabled: body.boolean("update") };
    case "remove_station":
      return { type, station: readInternalStation(body) };
    default:
      return undefined;
  }
}

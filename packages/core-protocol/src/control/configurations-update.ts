import { encodeJson } from "./encode-json.js";
import { JsonObject } from "./json-object.js";

/** What a broker says once to each new connection on `configurationsUpdatesSubject`; no SDK listens. */
export interface ConfigurationsUpdate {
  /** Whether messages that a schema refuses are to be notified. */
  readonly notifications: boolean;
}

/** @see memphis-protocol.md sections 1.3 and 3.8 */
export function encodeConfigurationsUpdate(update: ConfigurationsUpdate): Uint8Array {
  return encodeJson({ notifications: update.notifications });
}

/** @throws {MalformedMessageError} outcome `unknown`. */
export function decodeConfigurationsUpdate(bytes: Uint8Array): ConfigurationsUpdate {
  const body = JsonObject.parse(bytes, { messageKind: "configurations update", outcome: "unknown" });
  return { notifications: body.boolean("notifications") };
}

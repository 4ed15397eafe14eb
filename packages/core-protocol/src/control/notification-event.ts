import { encodeJson } from "./encode-json.js";
import { JsonObject } from "./json-object.js";

/** The one type of notification that clients send. @see memphis-protocol.md section 3.9 */
export const SCHEMA_VALIDATION_ALERT = "schema_validation_fail_alert";

/** `$memphis_notifications`: a text for people, which a broker forwards to Slack where that is set up. No answer. */
export interface NotificationEvent {
  readonly title: string;
  readonly message: string;
  /** Shown as code: the payload as text. */
  readonly code: string;
  /** `SCHEMA_VALIDATION_ALERT` */
  readonly alertType: string;
}

/** What a client has to say; `alertType` is `SCHEMA_VALIDATION_ALERT` where it says nothing. */
export type NotificationOptions = Omit<NotificationEvent, "alertType"> & Partial<NotificationEvent>;

/** @see memphis-protocol.md section 3.9 */
export function encodeNotification(event: NotificationOptions): Uint8Array {
  return encodeJson({
    title: event.title,
    msg: event.message,
    type: event.alertType ?? SCHEMA_VALIDATION_ALERT,
    code: event.code,
  });
}

/** Reads also memphis.go's capitalised keys. @throws {MalformedMessageError} outcome `rejected`. */
export function decodeNotification(bytes: Uint8Array): NotificationEvent {
  const body = JsonObject.parse(bytes, { messageKind: "notification", outcome: "rejected" });
  return {
    title: body.string("title"),
    message: body.string("msg"),
    code: body.string("code"),
    alertType: body.string("type"),
  };
}

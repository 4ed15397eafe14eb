import { encodeJson } from "./encode-json.js";
import { JsonObject } from "./json-object.js";

/** `$memphis_pm_acks`: a message that was sent again from the dead-letter store is done with. No answer. */
export interface PmAckEvent {
  /** From the header `$memphis_pm_id`. */
  readonly id: number;
  /** From the header `$memphis_pm_cg_name`. */
  readonly groupName: string;
}

/** @throws {UsageError} when the id is no integer. @see memphis-protocol.md section 3.9 */
export function encodePmAck(event: PmAckEvent): Uint8Array {
  return encodeJson({ id: event.id, cg_name: event.groupName });
}

/** @throws {MalformedMessageError} outcome `rejected`. */
export function decodePmAck(bytes: Uint8Array): PmAckEvent {
  const body = JsonObject.parse(bytes, { messageKind: "poison message ack", outcome: "rejected" });
  return { id: body.integer("id"), groupName: body.string("cg_name") };
}

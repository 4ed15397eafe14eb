import { UsageError } from "../errors/usage-errors.js";
import { type StationName, toInternalName } from "../names.js";
import { encodeJson } from "./encode-json.js";
import { JsonObject } from "./json-object.js";
import { readInternalStation } from "./station-field.js";

/** `$memphis_nacked_dls`: a message that a consumer gave up, for the station's dead-letter store. No answer. */
export interface NackedDlsEvent {
  readonly station: StationName;
  /** Why, for people. */
  readonly error: string;
  /** Name of the consumer group. */
  readonly groupName: string;
  /** Stream sequence, from 1. */
  readonly sequence: number;
  /** From 1. */
  readonly partition: number;
}

/**
 * @throws {UsageError} for a partition below 1 (a Memphis broker panics over it), and a sequence below 1.
 * @see memphis-protocol.md section 3.9; Memphis broker 1.4.4, memphis_handlers_dls_messages.go:215-218
 */
export function encodeNackedDls(event: NackedDlsEvent): Uint8Array {
  if (!(event.partition >= 1)) throw new UsageError(`partition must be at least 1, not ${event.partition}`);
  if (!(event.sequence >= 1)) throw new UsageError(`sequence must be at least 1, not ${event.sequence}`);
  return encodeJson({
    station_name: toInternalName(event.station),
    error: event.error,
    cg_name: event.groupName,
    seq: event.sequence,
    partition: event.partition,
  });
}

/** @throws {MalformedMessageError} outcome `rejected`; also for a partition below 1, as memphis.js sends for legacy stations. */
export function decodeNackedDls(bytes: Uint8Array): NackedDlsEvent {
  const body = JsonObject.parse(bytes, { messageKind: "nacked DLS event", outcome: "rejected" });
  const partition = body.integer("partition");
  if (partition < 1) body.fail("partition", `must be at least 1, not ${partition}`);
  return {
    station: readInternalStation(body),
    error: body.string("error"),
    groupName: body.string("cg_name"),
    sequence: body.unsigned("seq"),
    partition,
  };
}

import { BrokerError } from "../errors/broker-errors.js";
import { UsageError } from "../errors/usage-errors.js";

/**
 * When a partition lets go of messages; each limit is per partition, not per station.
 * `ack`: once every consumer group acknowledged; without any group nothing is kept at all.
 */
export type StationRetention =
  | { readonly type: "age"; readonly maxAgeMs: number }
  | { readonly type: "messages"; readonly maxMessages: number }
  | { readonly type: "bytes"; readonly maxBytes: number }
  | { readonly type: "ack" };

const retentionType = {
  age: "message_age_sec",
  messages: "messages",
  bytes: "bytes",
  ack: "ack_based",
} as const;

/** The wire's names of the retention types. @see memphis-protocol.md section 3.1 */
export const RETENTION_TYPE: typeof retentionType = Object.freeze(retentionType);

/** Retention as two fields of a station creation request: `retentionValue` counts seconds, messages or bytes. */
export interface WireRetention {
  readonly retentionType: string;
  readonly retentionValue: number;
}

/** What a broker takes where a request says nothing, or nothing that makes sense: one hour. */
const FALLBACK: StationRetention = Object.freeze({ type: "age", maxAgeMs: 3_600_000 });

/**
 * @throws {UsageError} for a limit below 1, and for an age that is no whole number of seconds: the wire cannot carry it, and a
 *   broker would take zero for one hour.
 */
export function toWireRetention(retention: StationRetention): WireRetention {
  switch (retention.type) {
    case "age":
      if (retention.maxAgeMs % 1000 !== 0) {
        throw new UsageError(
          `retention.maxAgeMs must be whole seconds on a Memphis broker, not ${retention.maxAgeMs} ms`,
        );
      }
      return wireRetention(RETENTION_TYPE.age, retention.maxAgeMs / 1000);
    case "messages":
      return wireRetention(RETENTION_TYPE.messages, retention.maxMessages);
    case "bytes":
      return wireRetention(RETENTION_TYPE.bytes, retention.maxBytes);
    case "ack":
      return { retentionType: RETENTION_TYPE.ack, retentionValue: 0 };
  }
}

/**
 * What a broker makes of the two fields: the type in any case of letters, one hour where type or value is missing.
 * @throws {BrokerError} for a type that does not exist.
 * @see Memphis broker 1.4.4, memphis_handlers_stations.go
 */
export function fromWireRetention({ retentionType, retentionValue }: WireRetention): StationRetention {
  const type = retentionType.toLowerCase();
  switch (type) {
    case "":
      return FALLBACK;
    case RETENTION_TYPE.ack:
      return { type: "ack" };
    case RETENTION_TYPE.age:
      return retentionValue <= 0 ? FALLBACK : { type: "age", maxAgeMs: retentionValue * 1000 };
    case RETENTION_TYPE.messages:
      return retentionValue <= 0 ? FALLBACK : { type: "messages", maxMessages: retentionValue };
    case RETENTION_TYPE.bytes:
      return retentionValue <= 0 ? FALLBACK : { type: "bytes", maxBytes: retentionValue };
    default:
      throw new BrokerError(
        `retention type must be one of ${Object.values(RETENTION_TYPE).join(", ")}, not ${JSON.stringify(retentionType)}`,
      );
  }
}

function wireRetention(retentionType: string, retentionValue: number): WireRetention {
  if (!Number.isSafeInteger(retentionValue) || retentionValue < 1) {
    throw new UsageError(`a retention by ${retentionType} must be an integer of at least 1, not ${retentionValue}`);
  }
  return { retentionType, retentionValue };
}

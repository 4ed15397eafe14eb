import { inspect } from "node:util";
import { InvalidNameError, type NameKind } from "./errors/usage-errors.js";
import { LIMITS } from "./limits.js";

declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

/** A valid, lower-cased station name as users write it (`orders.eu`). */
export type StationName = Brand<"StationName">;
/** A valid, lower-cased producer name. */
export type ProducerName = Brand<"ProducerName">;
/** A valid, lower-cased consumer name. */
export type ConsumerName = Brand<"ConsumerName">;
/** A valid, lower-cased consumer-group name. */
export type ConsumerGroupName = Brand<"ConsumerGroupName">;
/** A name as it stands in streams, subjects and durables: every `.` is a `#` (`orders#eu`). */
export type InternalName = Brand<"InternalName">;

// Tested before lower-casing: U+212A (Kelvin sign) and others would lower-case into a-z.
const LEGAL = /^[A-Za-z0-9_.-]+$/;
const ALPHANUMERIC = /^[a-z0-9]$/;

/**
 * Lower-cases and checks a station name.
 * @throws {InvalidNameError} when it is not 1 to 128 of `a-z 0-9 _ - .` with an alphanumeric at both ends.
 * @see Memphis broker 1.4.4, memphis_handlers.go:224-255
 */
export function parseStationName(value: string): StationName {
  return parseName("station", value) as StationName;
}

/** As `parseStationName`, for a producer. */
export function parseProducerName(value: string): ProducerName {
  return parseName("producer", value) as ProducerName;
}

/** As `parseStationName`, for a consumer. */
export function parseConsumerName(value: string): ConsumerName {
  return parseName("consumer", value) as ConsumerName;
}

/** As `parseStationName`, for a consumer group. */
export function parseConsumerGroupName(value: string): ConsumerGroupName {
  return parseName("consumer group", value) as ConsumerGroupName;
}

/** The form of a name inside streams, subjects and durables. */
export function toInternalName(name: StationName | ConsumerGroupName): InternalName {
  return name.replaceAll(".", "#") as InternalName;
}

/** The reverse of `toInternalName` for a station. */
export function toStationName(name: InternalName): StationName {
  return name.replaceAll("#", ".") as StationName;
}

function parseName(kind: NameKind, value: unknown): string {
  if (typeof value !== "string")
    throw new InvalidNameError(kind, inspect(value, { depth: 0 }), `must be a string, not ${typeof value}`);
  if (value === "") throw new InvalidNameError(kind, value, "must not be empty");
  if (!LEGAL.test(value)) {
    throw new InvalidNameError(kind, value, "only letters a-z, digits, '_', '-' and '.' are allowed");
  }
  const name = value.toLowerCase();
  if (name.length > LIMITS.maxNameBytes) {
    throw new InvalidNameError(kind, value, `is ${name.length} bytes long, at most ${LIMITS.maxNameBytes} are allowed`);
  }
  if (!ALPHANUMERIC.test(name.charAt(0)) || !ALPHANUMERIC.test(name.charAt(name.length - 1))) {
    throw new InvalidNameError(kind, value, "must begin and end with a letter or digit");
  }
  return name;
}

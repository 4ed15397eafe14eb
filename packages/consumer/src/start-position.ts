import { requireInteger, requireKnownKeys, UsageError } from "@stationkit/core-protocol";

/**
 * Where a group begins to read, per partition. It counts when the group's place on a partition is made, by its first member; later
 * members go on where the group is.
 */
export type StartPosition =
  /** Everything that the station holds, and what comes. */
  | "all"
  /** Only what is stored from now on. */
  | "new"
  /** From a JetStream sequence on, integer ≥ 1; sequences count per partition. */
  | { readonly fromSequence: number }
  /** The newest so many messages of each partition, integer ≥ 1, and what comes. */
  | { readonly lastMessages: number }
  /** What was stored at this time or later, by the server's clock; a time to come means `new`. */
  | { readonly fromTime: Date };

/** The start of a durable, as JetStream has it. */
export type WireStart =
  | { readonly deliver_policy: "all" | "new" }
  | { readonly deliver_policy: "by_start_sequence"; readonly opt_start_seq: number }
  | { readonly deliver_policy: "by_start_time"; readonly opt_start_time: string };

/** What RFC 3339 can write, and the server reads. */
const EARLIEST = new Date("0001-01-01T00:00:00Z");
const LATEST = new Date("9999-12-31T23:59:59.999Z");

/** @throws {UsageError} for what is no position. */
export function requireStartPosition(start: StartPosition): StartPosition {
  if (start === "all" || start === "new") return start;
  if (typeof start !== "object" || (start as unknown) === null) {
    throw new UsageError('start must be "all", "new", or one of { fromSequence }, { lastMessages }, { fromTime }');
  }
  requireKnownKeys("start", start, new Set(["fromSequence", "lastMessages", "fromTime"]));
  if (Object.keys(start).length !== 1) {
    throw new UsageError("start: give exactly one of fromSequence, lastMessages, fromTime");
  }
  if ("fromSequence" in start)
    return { fromSequence: requireInteger("start.fromSequence", start.fromSequence, { min: 1 }) };
  if ("lastMessages" in start)
    return { lastMessages: requireInteger("start.lastMessages", start.lastMessages, { min: 1 }) };
  const time: unknown = start.fromTime;
  if (!(time instanceof Date) || !(time >= EARLIEST && time <= LATEST)) {
    throw new UsageError("start.fromTime must be a valid Date, of the years 1 to 9999");
  }
  return { fromTime: new Date(time) };
}

/** @param lastSequence - of the partition now; only `lastMessages` looks at it. */
export function toWireStart(start: StartPosition, lastSequence: number): WireStart {
  if (start === "all" || start === "new") return { deliver_policy: start };
  if ("fromTime" in start) return { deliver_policy: "by_start_time", opt_start_time: start.fromTime.toISOString() };
  const sequence = "fromSequence" in start ? start.fromSequence : lastSequence - start.lastMessages + 1;
  return sequence <= 1 ? { deliver_policy: "all" } : { deliver_policy: "by_start_sequence", opt_start_seq: sequence };
}

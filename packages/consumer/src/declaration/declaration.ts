import type { Station } from "@stationkit/station-admin";
import type { DeadLetterSink } from "../engine/dead-letter-sink.js";
import type { DurableInfo } from "../engine/durable-config.js";
import type { Durables } from "../engine/durables.js";
import type { OpenResent } from "../engine/resent-messages.js";

/** A member made known to the broker, in whatever way this broker wants it. */
export interface Declaration {
  readonly station: Station;
  readonly durables: Durables;
  /** The group's durables on the partitions that are read, by partition number. */
  readonly infos: ReadonlyMap<number, DurableInfo>;
  readonly deadLetters: DeadLetterSink;
  /** Where a broker sends messages of its dead-letter store again beside the partitions. */
  readonly openResent: OpenResent | undefined;
  /** The member is no more; a broker that has registered it is not told. */
  readonly withdraw: () => void;
}

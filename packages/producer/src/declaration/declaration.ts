import type { StreamName, SubjectName } from "@stationkit/core-protocol";
import type { StationSchema } from "@stationkit/core-protocol/control";
import type { Station } from "@stationkit/station-admin";

/** Where the messages of a partition go. */
export interface PartitionAddress {
  readonly stream: StreamName;
  /** May change: a Memphis broker can put functions in front of a partition. */
  readonly subject: SubjectName;
}

/** What goes on the wire with each message, beside what its request says. */
export interface MessageStyle {
  /** Header lines of every message, each ended by CR LF; may be empty. */
  readonly headerLines: string;
  /** The lines by which the broker knows a repeat. They come first in the header block. */
  readonly messageIdLines: (msgId: string) => string;
}

/** What is to be done with a message that does not fit its station's schema. */
export interface SchemaFailurePolicy {
  /** Put it into the dead-letter store. */
  readonly deadLetter: boolean;
  /** Tell people. */
  readonly notify: boolean;
}

/** Who hears of changes. */
export interface DeclarationListener {
  /** The station has changed, or was made again. */
  station(station: Station): void;
  /** Another schema, or none. */
  schema(schema: StationSchema | undefined): void;
}

/** A producer made known to the broker, in whatever way this broker wants it. */
export interface Declaration {
  readonly station: Station;
  readonly style: MessageStyle;
  readonly schema: StationSchema | undefined;
  readonly schemaFailurePolicy: SchemaFailurePolicy;
  /** The same object for a partition each time. */
  address(partition: number): PartitionAddress;
  /** Tells the listener of changes from now on. */
  follow(listener: DeclarationListener): void;
  /** Ends it; never rejects. */
  close(): Promise<void>;
}

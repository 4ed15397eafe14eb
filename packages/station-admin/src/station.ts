import type { StationName, StreamName } from "@stationkit/core-protocol";
import type { StationSettings } from "./station-settings.js";

/** A station as producers and consumers need to know it. A value: it does not follow later changes (`watch` does). */
export interface Station {
  readonly name: StationName;
  /** Partition numbers, `1..N`, ascending. */
  readonly partitions: readonly number[];
  readonly settings: StationSettings;
  /**
   * Differs between a station and the one that is made under its name after it was destroyed; undefined for streams of a
   * station's form that another tool (or a Memphis broker) made.
   */
  readonly id: string | undefined;
}

/** A server that holds a copy of a partition, beside its leader. */
export interface ReplicaDescription {
  readonly server: string;
  /** Has everything that the leader has. */
  readonly current: boolean;
  readonly offline: boolean;
  /** Operations that it is behind the leader. */
  readonly lag: number;
}

/** One partition, as it was when asked. */
export interface PartitionDescription {
  /** 1 to N. */
  readonly number: number;
  readonly stream: StreamName;
  /**
   * `incomplete`: its stream is missing, or still that of an unfinished or destroyed station; the next `ensure` repairs it.
   * All counts are then 0.
   */
  readonly state: "ready" | "incomplete";
  readonly messages: number;
  /** As stored, headers and bookkeeping included. */
  readonly bytes: number;
  /** Sequence of the oldest message; of the next one after a purge; 0 before the first. Sequences start at 1, per partition. */
  readonly firstSequence: number;
  /** Sequence of the newest message ever stored; 0 when there was none. */
  readonly lastSequence: number;
  /** Consumer groups. */
  readonly consumers: number;
  /** Name of the leading server; undefined while there is none. Of a single server, only `describe` tells it. */
  readonly leader: string | undefined;
  /** The other copies; empty on a single server. */
  readonly replicas: readonly ReplicaDescription[];
  readonly createdAt: Date | undefined;
}

/** Everything that the broker knows of a station. */
export interface StationDescription {
  readonly name: StationName;
  readonly id: string | undefined;
  readonly settings: StationSettings;
  /** Ascending by number; index 0 is partition 1. */
  readonly partitions: readonly PartitionDescription[];
  /** Sums over all partitions. */
  readonly totals: { readonly messages: number; readonly bytes: number };
  readonly createdAt: Date | undefined;
}

/** `1..count`. */
export function partitionNumbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

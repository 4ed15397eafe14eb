import {
  type ConsumerGroupName,
  ConsumerGroupNotFoundError,
  parseConsumerGroupName,
  partitionStream,
  type StationName,
} from "@stationkit/core-protocol";
import { chooseBackend } from "../choose-backend.js";
import { inParallel, type Operation } from "../operation.js";
import { partitionsOf } from "./destroy-group.js";
import { type GroupInfo, listGroupInfos } from "./group-api.js";
import { readGroupSettings } from "./group-settings.js";

/** How far a group is with one partition. */
export interface ConsumerGroupPartition {
  /** From 1. */
  readonly partition: number;
  /** Stored, and not delivered to the group yet. */
  readonly pending: number;
  /** Delivered, and not answered. */
  readonly inFlight: number;
  /** Messages that were delivered more than once and are not done with. */
  readonly redelivered: number;
  /** Sequence up to which the group has answered everything; 0 before the first. */
  readonly answeredSequence: number;
  /** Requests for messages that are open now: 0 when nobody reads. */
  readonly openRequests: number;
}

/** A consumer group, as the server has it. */
export interface ConsumerGroupDescription {
  readonly name: string;
  readonly settings: {
    readonly partitions: "shared" | "exclusive";
    readonly ackTimeoutMs: number;
    /** undefined: no limit. */
    readonly maxDeliveries: number | undefined;
  };
  /** In ascending order; those that the group does not read (yet) are left out. */
  readonly partitions: readonly ConsumerGroupPartition[];
  /** Sums over the partitions. */
  readonly totals: Readonly<Record<"pending" | "inFlight" | "redelivered" | "openRequests", number>>;
}

/** The consumer groups of one station. */
export interface ConsumerGroups {
  /**
   * All groups by name, those of other tools too, as far as members could read them. The server is asked when the iteration begins.
   * @throws {StationNotFoundError}
   */
  list(): AsyncIterable<ConsumerGroupDescription>;
  /**
   * Forgets a group: its place on every partition is gone, and a group of that name begins anew. Messages and dead letters stay, except
   * those of a station with retention `acknowledgement` that only this group had not acknowledged. Close its consumers first: one that
   * still reads is told (`ConsumerGroupNotFoundError`) and makes the group again.
   * @throws {UnsupportedOnMemphisError} on a Memphis broker, which forgets a group with its last consumer.
   * @throws {ConsumerGroupNotFoundError} when no partition knows it. @throws {StationNotFoundError}
   */
  destroy(consumerGroup: string): Promise<void>;
}

/** @param begin - makes the operation of one call. */
export function createConsumerGroups(name: StationName, begin: () => Operation): ConsumerGroups {
  return {
    async *list() {
      const groups = await collect(begin(), name);
      for (const [group, infos] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) yield describe(group, infos);
    },
    async destroy(consumerGroup) {
      const group = parseConsumerGroupName(consumerGroup);
      const operation = begin();
      const backend = await chooseBackend(operation);
      if (!(await backend.destroyGroup(operation, name, group)))
        throw new ConsumerGroupNotFoundError({ station: name, partition: 1, group });
    },
  };
}

type Infos = Map<number, GroupInfo>;

async function collect(operation: Operation, name: StationName): Promise<Map<ConsumerGroupName, Infos>> {
  const partitions = await partitionsOf(operation, name);
  const groups = new Map<ConsumerGroupName, Infos>();
  const found = await inParallel(partitions, (partition) =>
    listGroupInfos(operation, partitionStream(name, partition)),
  );
  for (const [i, infos] of found.entries()) {
    for (const [group, info] of infos) {
      const known = groups.get(group) ?? new Map<number, GroupInfo>();
      groups.set(group, known.set(partitions[i] ?? 0, info));
    }
  }
  return groups;
}

function describe(group: ConsumerGroupName, infos: ReadonlyMap<number, GroupInfo>): ConsumerGroupDescription {
  const places = [...infos].map(([partition, info]) => ({
    partition,
    pending: info.num_pending,
    inFlight: info.num_ack_pending,
    redelivered: info.num_redelivered,
    answeredSequence: info.ack_floor.stream_seq,
    openRequests: info.num_waiting,
  }));
  const sum = (key: "pending" | "inFlight" | "redelivered" | "openRequests"): number =>
    places.reduce((total, place) => total + place[key], 0);
  return {
    name: group,
    settings: commonSettings([...infos.values()]),
    partitions: places,
    totals: {
      pending: sum("pending"),
      inFlight: sum("inFlight"),
      redelivered: sum("redelivered"),
      openRequests: sum("openRequests"),
    },
  };
}

/** Those of the first partition: members refuse a group whose partitions differ. */
function commonSettings([first]: readonly GroupInfo[]): ConsumerGroupDescription["settings"] {
  const { partitions, ackTimeoutMs, maxDeliveries } = readGroupSettings(first?.config ?? {});
  return { partitions, ackTimeoutMs, maxDeliveries: Number.isFinite(maxDeliveries) ? maxDeliveries : undefined };
}

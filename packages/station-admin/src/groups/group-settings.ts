/** Settings of a consumer group, as its durable on a partition has them. */
export interface ConsumerGroupSettings {
  readonly partitions: "shared" | "exclusive";
  readonly ackTimeoutMs: number;
  /** Infinity when there is no limit. */
  readonly maxDeliveries: number;
  /** After so many deliveries the server itself stops; undefined for groups of this stack, whose members keep the limit. */
  readonly serverMaxDeliveries: number | undefined;
}

/** The part of a durable's configuration that tells its group's settings; durations in nanoseconds. */
export interface GroupConfig {
  readonly durable_name?: string;
  readonly ack_wait?: number;
  /** -1 or absent: no limit. */
  readonly max_deliver?: number;
  readonly priority_policy?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

const NANOSECONDS = 1_000_000;
const DEFAULT_ACK_WAIT_MS = 30_000;

/** Where a durable's metadata has the limit of deliveries that the group's members keep. */
export const MAX_DELIVERIES_KEY = "stationkit.max-deliveries";

/** Reads the settings of any durable, also one that another tool made. */
export function readGroupSettings(config: GroupConfig): ConsumerGroupSettings {
  const told = Number(config.metadata?.[MAX_DELIVERIES_KEY]);
  const serverMaxDeliveries =
    config.max_deliver === undefined || config.max_deliver < 1 ? undefined : config.max_deliver;
  return {
    partitions: config.priority_policy === "pinned_client" ? "exclusive" : "shared",
    ackTimeoutMs: Math.round((config.ack_wait ?? 0) / NANOSECONDS) || DEFAULT_ACK_WAIT_MS,
    maxDeliveries: Math.min(
      Number.isInteger(told) && told >= 1 ? told : Number.POSITIVE_INFINITY,
      serverMaxDeliveries ?? Number.POSITIVE_INFINITY,
    ),
    serverMaxDeliveries,
  };
}

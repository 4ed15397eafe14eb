import {
  type ConsumerGroupName,
  finalSubject,
  type InternalName,
  type SettingDifference,
  type StreamName,
  toInternalName,
} from "@stationkit/core-protocol";
import { type ConsumerGroupSettings, MAX_DELIVERIES_KEY, readGroupSettings } from "@stationkit/station-admin";
import { CONSUMER_DEFAULTS, type GroupSettings } from "../consumer-options.js";
import type { WireStart } from "../start-position.js";

/** The subset of JetStream's consumer configuration that this package speaks: snake_case, durations in nanoseconds. */
export interface DurableConfig {
  readonly durable_name: string;
  readonly ack_policy: "explicit" | "none" | "all";
  readonly ack_wait?: number;
  /** -1 or absent: no limit. */
  readonly max_deliver?: number;
  readonly max_ack_pending?: number;
  /** Of a push consumer. */
  readonly deliver_subject?: string;
  /** Payloads are left out. */
  readonly headers_only?: boolean;
  /** Limits of a single request: messages, bytes, nanoseconds. */
  readonly max_batch?: number;
  readonly max_bytes?: number;
  readonly max_expires?: number;
  readonly filter_subject?: string;
  readonly filter_subjects?: readonly string[];
  readonly deliver_policy?: string;
  readonly opt_start_seq?: number;
  readonly opt_start_time?: string;
  readonly replay_policy?: "instant";
  /** Server 2.11 (API level 1) and newer; the next two as well. */
  readonly priority_policy?: string;
  readonly priority_groups?: readonly string[];
  readonly priority_timeout?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What the server tells of a durable. */
export interface DurableInfo {
  readonly name: string;
  readonly config: DurableConfig;
  /** RFC 3339. */
  readonly created: string;
  readonly delivered: { readonly consumer_seq: number; readonly stream_seq: number };
  readonly ack_floor: { readonly consumer_seq: number; readonly stream_seq: number };
  readonly num_ack_pending: number;
  readonly num_redelivered: number;
  readonly num_pending: number;
  readonly priority_groups?: readonly { readonly group: string; readonly pinned_client_id?: string }[];
}

const NANOSECONDS = 1_000_000;

const PINNED = "pinned_client";
/** The one priority group of an exclusive durable. */
export const PRIORITY_GROUP = "member";
/** How long a member may be silent before the server gives its partition to another. */
export const PIN_TIMEOUT_MS = 10_000;

/** The durable's name: as Memphis has it, the group's internal name. */
export function durableName(group: ConsumerGroupName): InternalName {
  return toInternalName(group);
}

/** What a new durable is made from. */
export interface NewDurable {
  readonly start: WireStart;
  readonly settings: GroupSettings;
  /** Subjects, where these are not just what is produced. */
  readonly filters?: readonly string[] | undefined;
  /** The server itself stops delivering a message; otherwise members do, by what the metadata say. */
  readonly serverGivesUp?: boolean;
}

/**
 * The durable of a partition, as a Memphis broker would make it, except that the server's own limit of deliveries is off: a message
 * past it would be gone from the group when no member is there to see it. The limit is kept in the metadata, and members turn a message
 * that comes once more into a dead letter.
 * @see Memphis broker 1.4.4, memphis_helper.go:787-850
 */
export function newDurableConfig(
  stream: StreamName,
  durable: InternalName,
  { start, settings, filters, serverGivesUp = false }: NewDurable,
): DurableConfig {
  const { partitions, ackTimeoutMs, maxDeliveries } = { ...CONSUMER_DEFAULTS, ...settings };
  return {
    durable_name: durable,
    ...start,
    ack_policy: "explicit",
    ack_wait: ackTimeoutMs * NANOSECONDS,
    max_deliver: serverGivesUp ? maxDeliveries : -1,
    max_ack_pending: -1,
    ...(filters === undefined ? { filter_subject: finalSubject(stream) } : { filter_subjects: filters }),
    replay_policy: "instant",
    metadata: { [MAX_DELIVERIES_KEY]: String(maxDeliveries) },
    ...(partitions === "exclusive" && {
      priority_policy: PINNED,
      priority_groups: [PRIORITY_GROUP],
      priority_timeout: PIN_TIMEOUT_MS * NANOSECONDS,
    }),
  };
}

/** What keeps a durable that another tool has made from being read as a group's place is. */
export function hindrances(stream: StreamName, config: DurableConfig): readonly SettingDifference[] {
  const { ack_policy, deliver_subject, headers_only, filter_subject, filter_subjects, priority_policy } = config;
  const produced = finalSubject(stream);
  const filters = filter_subjects ?? (filter_subject === undefined ? [] : [filter_subject]);
  const isCovered = filters.length === 0 || filters.some((filter) => covers(filter, produced));
  return [
    ...(ack_policy === "explicit" ? [] : [{ setting: "ack_policy", existing: ack_policy, requested: "explicit" }]),
    ...(deliver_subject === undefined
      ? []
      : [{ setting: "deliver_subject", existing: deliver_subject, requested: null }]),
    ...(headers_only === true ? [{ setting: "headers_only", existing: true, requested: false }] : []),
    ...(isOwnPriority(config)
      ? []
      : [{ setting: "priority_policy", existing: priority_policy, requested: "pinned_client" }]),
    ...(isCovered ? [] : [{ setting: "filter_subject", existing: filters.join(" "), requested: produced }]),
    ...(["max_batch", "max_bytes", "max_expires"] as const).flatMap((setting) =>
      (config[setting] ?? 0) > 0 ? [{ setting, existing: config[setting], requested: 0 }] : [],
    ),
  ];
}

/** None, or that of an exclusive group. */
function isOwnPriority({ priority_policy = "none", priority_groups }: DurableConfig): boolean {
  return priority_policy === "none" || (priority_policy === PINNED && priority_groups?.join() === PRIORITY_GROUP);
}

/** Whether a subject, which has two tokens, matches a filter. */
function covers(filter: string, subject: string): boolean {
  const tokens = subject.split(".");
  const wanted = filter.split(".");
  const isMatched = (token: string, index: number): boolean => token === "*" || token === tokens[index];
  if (wanted.at(-1) === ">") return wanted.length <= tokens.length && wanted.slice(0, -1).every(isMatched);
  return wanted.length === tokens.length && wanted.every(isMatched);
}

/** Compares only the settings that `requested` names. */
export function groupDifferences(
  existing: ConsumerGroupSettings,
  requested: GroupSettings,
): readonly SettingDifference[] {
  return (["partitions", "ackTimeoutMs", "maxDeliveries"] as const).flatMap((setting) =>
    requested[setting] === undefined || requested[setting] === existing[setting]
      ? []
      : [{ setting, existing: existing[setting], requested: requested[setting] }],
  );
}

/**
 * The configuration of a durable with other settings, whoever made it: where the server itself stops delivering, it goes on doing so.
 * @returns undefined when it has these settings already.
 */
export function changedDurableConfig(
  config: DurableConfig,
  settings: Omit<GroupSettings, "partitions">,
): DurableConfig | undefined {
  const existing = readGroupSettings(config);
  if (groupDifferences(existing, settings).length === 0) return undefined;
  const { ackTimeoutMs = existing.ackTimeoutMs, maxDeliveries } = settings;
  const isServers = existing.serverMaxDeliveries !== undefined;
  return {
    ...config,
    ack_wait: ackTimeoutMs * NANOSECONDS,
    ...(maxDeliveries !== undefined && isServers && { max_deliver: maxDeliveries }),
    ...(maxDeliveries !== undefined &&
      !isServers && { metadata: { ...config.metadata, [MAX_DELIVERIES_KEY]: String(maxDeliveries) } }),
  };
}

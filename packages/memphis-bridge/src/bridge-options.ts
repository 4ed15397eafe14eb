import { LIMITS, requireDurationMs, requireInteger, requireKnownKeys, UsageError } from "@stationkit/core-protocol";

/** Options of `serveMemphis`. */
export interface BridgeOptions {
  /** Copies of the bridge's own two streams, integer 1 to 5. Default 1 on a single server, 3 on a cluster that can place them. */
  readonly replicas?: number;
  /**
   * Whether SDKs are to tell of messages that a schema refused; they come as the event `notification-received`. Default `false`, as
   * on a Memphis broker without Slack.
   */
  readonly sendNotifications?: boolean;
  /**
   * What a new version of a schema that exists is. `inactive` (default): kept only, as on a Memphis broker, whose UI activates it.
   * `active`: at once the one that SDKs check against, and announced to every station that has the schema.
   */
  readonly newSchemaVersions?: "inactive" | "active";
  /**
   * Requests that are carried out at once, integer ≥ 1, default 32; the others wait in order. Destructions of consumers, which mostly wait,
   * are not counted: 16 times as many of them may be under way.
   */
  readonly maxConcurrentRequests?: number;
  /** Milliseconds that one request may take, integer ≥ 1, default 15,000: SDKs give up after 20,000. */
  readonly requestTimeoutMs?: number;
  /**
   * What the reply subjects of clients begin with, without the dot after it, default `["_INBOX"]` as in every SDK. A request that wants its
   * answer elsewhere is not carried out: whoever may publish it could have the bridge publish where itself may not.
   */
  readonly inboxPrefixes?: readonly string[];
}

/** Everything that has a default, with its value. `replicas` is 3 on a cluster that can place them. */
export const BRIDGE_DEFAULTS: Readonly<Required<BridgeOptions>> = Object.freeze({
  replicas: 1,
  sendNotifications: false,
  newSchemaVersions: "inactive",
  maxConcurrentRequests: 32,
  requestTimeoutMs: 15_000,
  inboxPrefixes: Object.freeze(["_INBOX"]),
});

/** @internal `BridgeOptions` after checks. */
export interface ResolvedBridgeOptions extends Required<Omit<BridgeOptions, "replicas">> {
  /** undefined: as many as the cluster can place, at most 3. */
  readonly replicas: number | undefined;
}

/** @internal @throws {UsageError} before any request, for what can never be right. */
export function resolveBridgeOptions(options: BridgeOptions): ResolvedBridgeOptions {
  requireKnownKeys("serveMemphis", options, new Set(Object.keys(BRIDGE_DEFAULTS)));
  const { replicas } = options;
  const { sendNotifications, newSchemaVersions, maxConcurrentRequests, requestTimeoutMs, inboxPrefixes } = {
    ...BRIDGE_DEFAULTS,
    ...withoutUndefined(options),
  };
  if (typeof sendNotifications !== "boolean") {
    throw new UsageError(`sendNotifications must be a boolean, not ${String(sendNotifications)}`);
  }
  if (!["inactive", "active"].includes(newSchemaVersions)) {
    throw new UsageError(`newSchemaVersions must be "inactive" or "active", not ${newSchemaVersions}`);
  }
  return {
    replicas:
      replicas === undefined
        ? undefined
        : requireInteger("replicas", replicas, { min: LIMITS.minReplicas, max: LIMITS.maxReplicas }),
    sendNotifications,
    newSchemaVersions,
    maxConcurrentRequests: requireInteger("maxConcurrentRequests", maxConcurrentRequests, { min: 1 }),
    requestTimeoutMs: requireDurationMs("requestTimeoutMs", requestTimeoutMs),
    inboxPrefixes: requireInboxPrefixes(inboxPrefixes),
  };
}

function requireInboxPrefixes(prefixes: unknown): readonly string[] {
  const isPrefix = (one: unknown): one is string => typeof one === "string" && /^[^\s.*>]+(\.[^\s.*>]+)*$/.test(one);
  if (Array.isArray(prefixes) && prefixes.length > 0 && prefixes.every(isPrefix)) return [...prefixes];
  throw new UsageError(
    `inboxPrefixes must be a list of subject prefixes without wildcards, at least one, not ${JSON.stringify(prefixes)}`,
  );
}

function withoutUndefined(options: BridgeOptions): BridgeOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

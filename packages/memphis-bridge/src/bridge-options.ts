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
  /** Requests that are carried out at once, integer ≥ 1, default 32; the others wait in order. */
  readonly maxConcurrentRequests?: number;
  /** Milliseconds that one request may take, integer ≥ 1, default 15,000: SDKs give up after 20,000. */
  readonly requestTimeoutMs?: number;
}

/** Everything that has a default, with its value. `replicas` is 3 on a cluster that can place them. */
export const BRIDGE_DEFAULTS: Readonly<Required<BridgeOptions>> = Object.freeze({
  replicas: 1,
  sendNotifications: false,
  newSchemaVersions: "inactive",
  maxConcurrentRequests: 32,
  requestTimeoutMs: 15_000,
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
  const { sendNotifications, newSchemaVersions, maxConcurrentRequests, requestTimeoutMs } = {
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
  };
}

function withoutUndefined(options: BridgeOptions): BridgeOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

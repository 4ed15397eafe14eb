import type { SettingDifference, StationName } from "@stationkit/core-protocol";

/**
 * When messages leave a station. Limits count per partition, as on a Memphis broker: 4 partitions with `maxMessages: 1_000`
 * hold up to 4,000 messages.
 */
export type RetentionPolicy =
  | { readonly type: "age"; /** Milliseconds, integer ≥ 100. */ readonly maxAgeMs: number }
  | { readonly type: "messages"; /** Per partition, integer ≥ 1. */ readonly maxMessages: number }
  | { readonly type: "bytes"; /** Per partition, integer ≥ 1. */ readonly maxBytes: number }
  /** Until every consumer group has acknowledged it. Without any group, messages are acknowledged and not stored. */
  | { readonly type: "acknowledgement" }
  /** Never; what streams that other tools made have when they set no limit. */
  | { readonly type: "unlimited" };

/** Where messages are kept. */
export type StationStorage = "file" | "memory";

/** What a full partition does: remove its oldest message, or refuse the new one (`StationFullError` at the producer). */
export type DiscardPolicy = "old" | "new";

/** The settings that a station has; every partition has the same. */
export interface StationSettings {
  readonly retention: RetentionPolicy;
  readonly storage: StationStorage;
  /** Copies of each partition, 1 to 5. */
  readonly replicas: number;
  /** Milliseconds for which a partition remembers message ids. */
  readonly idempotencyWindowMs: number;
  /** Headers and payload together; undefined: only the server's `max_payload` counts. */
  readonly maxMessageBytes: number | undefined;
  readonly discard: DiscardPolicy;
  /** The station that takes dead letters; only kept here, consumers act on it. */
  readonly dlsStation: StationName | undefined;
  readonly description: string | undefined;
}

/** What `create` and `ensure` use where nothing is said. `replicas` is 3 on a cluster that can place it. */
export const STATION_DEFAULTS: {
  readonly partitions: 1;
  readonly retention: { readonly type: "age"; readonly maxAgeMs: 604_800_000 };
  readonly storage: "file";
  readonly replicas: 1;
  readonly clusterReplicas: 3;
  readonly idempotencyWindowMs: 120_000;
  readonly discard: "old";
} = Object.freeze({
  partitions: 1,
  retention: Object.freeze({ type: "age", maxAgeMs: 604_800_000 }),
  storage: "file",
  replicas: 1,
  clusterReplicas: 3,
  idempotencyWindowMs: 120_000,
  discard: "old",
});

/** Flattens settings into dotted paths, the form in which differences are told. */
function settingPaths(settings: Partial<StationSettings>): Map<string, unknown> {
  const { retention, ...rest } = settings;
  const paths = new Map<string, unknown>(Object.entries(rest));
  for (const [key, value] of Object.entries(retention ?? {})) paths.set(`retention.${key}`, value);
  return paths;
}

/** Compares only the settings that `requested` names. */
export function settingDifferences(
  existing: StationSettings,
  requested: Partial<StationSettings>,
): readonly SettingDifference[] {
  const there = settingPaths(existing);
  const differences: SettingDifference[] = [];
  for (const [setting, value] of settingPaths(requested)) {
    if (there.get(setting) !== value) {
      differences.push({ setting, existing: there.get(setting), requested: value });
    }
  }
  return differences;
}

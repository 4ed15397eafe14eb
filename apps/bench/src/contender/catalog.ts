import type { Contender } from "./contender.js";

/**
 * All contenders, in the order of the tables. Each is loaded when it is asked for: its process is measured as a whole, and the
 * libraries of the others have no place in it.
 */
const CONTENDERS = {
  stationkit: async () => (await import("../contenders/stationkit-default.js")).stationkitDefault,
  "stationkit-no-ids": async () => (await import("../contenders/stationkit-no-ids.js")).stationkitNoIds,
  "stationkit-fast-ingest": async () => (await import("../contenders/stationkit-fast-ingest.js")).stationkitFastIngest,
  "stationkit-atomic": async () => (await import("../contenders/stationkit-atomic.js")).stationkitAtomic,
  "stationkit-produce-many": async () =>
    (await import("../contenders/stationkit-produce-many.js")).stationkitProduceMany,
  "stationkit-writable": async () => (await import("../contenders/stationkit-writable.js")).stationkitWritable,
  "stationkit-sync": async () => (await import("../contenders/stationkit-sync.js")).stationkitSync,
  "nats.js": async () => (await import("../contenders/nats-js.js")).natsJs,
  "nats.js-no-ids": async () => (await import("../contenders/nats-js.js")).natsJsNoIds,
  "nats.js-as-installed": async () => (await import("../contenders/nats-js.js")).natsJsAsInstalled,
  "nats.js-no-ids-as-installed": async () => (await import("../contenders/nats-js.js")).natsJsNoIdsAsInstalled,
  "nats.js-sequential": async () => (await import("../contenders/nats-js.js")).natsJsSequential,
  "nats-v2": async () => (await import("../contenders/nats-v2.js")).natsV2,
  "nats-v2-no-ids": async () => (await import("../contenders/nats-v2.js")).natsV2NoIds,
  "memphis-dev": async () => (await import("../contenders/memphis-dev.js")).memphisAsync,
  "memphis-dev-sync": async () => (await import("../contenders/memphis-dev.js")).memphisSync,
  ceiling: async () => (await import("../contenders/core-publish.js")).corePublish,
} satisfies Record<string, () => Promise<Contender>>;

/** Names that `--only` takes. */
export type ContenderName = keyof typeof CONTENDERS;

export const CONTENDER_NAMES = Object.keys(CONTENDERS) as readonly ContenderName[];

export function loadContender(name: ContenderName): Promise<Contender> {
  return CONTENDERS[name]();
}

import type { Contender } from "./contender.js";
import type { ReadingContender } from "./reading.js";

/** What a run compares: ways to send, or ways to read. */
export type Task = "produce" | "consume";

/**
 * All contenders, in the order of the tables. Each is loaded when it is asked for: its process is measured as a whole, and the
 * libraries of the others have no place in it.
 */
const PRODUCERS = {
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

const CONSUMERS = {
  "stationkit-iterator": async () => (await import("../contenders/stationkit-consumer.js")).stationkitIterator,
  "stationkit-callback": async () => (await import("../contenders/stationkit-consumer.js")).stationkitCallback,
  "stationkit-fetch": async () => (await import("../contenders/stationkit-consumer.js")).stationkitFetch,
  "nats.js-iterator": async () => (await import("../contenders/nats-js-consume.js")).natsJsIterator,
  "nats.js-callback": async () => (await import("../contenders/nats-js-consume.js")).natsJsCallback,
  "memphis-dev-fetch": async () => (await import("../contenders/memphis-dev-fetch.js")).memphisFetch,
} satisfies Record<string, () => Promise<ReadingContender>>;

/** Names that `--only` takes. */
export type ContenderName = keyof typeof PRODUCERS | keyof typeof CONSUMERS;

/** Any contender; what it is when it is open depends on the task. */
export type AnyContender = Contender | ReadingContender;

export const CONTENDER_NAMES: Readonly<Record<Task, readonly ContenderName[]>> = {
  produce: Object.keys(PRODUCERS) as ContenderName[],
  consume: Object.keys(CONSUMERS) as ContenderName[],
};

export function loadContender(name: ContenderName): Promise<AnyContender> {
  const all: Readonly<Record<ContenderName, () => Promise<AnyContender>>> = { ...PRODUCERS, ...CONSUMERS };
  return all[name]();
}

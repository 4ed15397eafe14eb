import {
  type Connection,
  ConsumerGroupNotFoundError,
  parseConsumerGroupName,
  parseStationName,
  partitionStream,
  requireConnection,
  requireKnownKeys,
  type StationName,
} from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";
import { resolveGroupSettings } from "./consumer-options.js";
import { changedDurableConfig } from "./engine/durable-config.js";
import { Durables } from "./engine/durables.js";
import { persist } from "./engine/persist.js";

/** What all members of a group have in common, to be changed. */
export interface GroupChanges {
  readonly stationName: string;
  readonly consumerGroup: string;
  /** Milliseconds after which a message without an answer is delivered again, also one that is out already; left out: as it is. */
  readonly ackTimeoutMs?: number;
  /** How often a message is delivered before it is a dead letter; left out: as it is. */
  readonly maxDeliveries?: number;
}

const KEYS: ReadonlySet<string> = new Set(["stationName", "consumerGroup", "ackTimeoutMs", "maxDeliveries"]);

/**
 * Changes the settings of a group that exists, on every partition that it reads. Resolves when all partitions have them. Made again after a
 * failure, it goes on.
 *
 * The server keeps to a new `ackTimeoutMs` at once, also for messages that are with a member. Open members notice when a message comes
 * again, or within 30 seconds and a `heartbeatMs`: until then a message that waits in one's prefetch for longer than a shorter
 * `ackTimeoutMs` is delivered again.
 * @throws {UsageError} for bad settings. @throws {StationNotFoundError}
 * @throws {ConsumerGroupNotFoundError} when no partition knows the group. @throws {ConsumerGroupConflictError} when another tool has made
 *   it in a way that cannot be read. Nothing was changed.
 */
export async function changeConsumerGroup(connection: Connection, changes: GroupChanges): Promise<void> {
  requireConnection("changeConsumerGroup", connection);
  requireKnownKeys("changeConsumerGroup", changes, KEYS);
  const name = parseStationName(changes.stationName);
  const group = parseConsumerGroupName(changes.consumerGroup);
  const settings = resolveGroupSettings(changes);
  const { partitions } = await createStationAdmin(connection).describe(name);
  const durables = new Durables(connection, { station: name, group }, {});
  const numbers = partitions.map(({ number }) => number);
  const known = await Promise.all(numbers.map((partition) => durables.existing(partition)));
  if (known.every((settings) => settings === undefined)) {
    throw new ConsumerGroupNotFoundError({ station: name, partition: 1, group });
  }
  await Promise.all(
    numbers.map((partition) => persist(() => change({ connection, durables, name, partition }, settings))),
  );
}

interface Place {
  readonly connection: Connection;
  readonly durables: Durables;
  readonly name: StationName;
  readonly partition: number;
}

async function change(
  { connection, durables, name, partition }: Place,
  settings: ReturnType<typeof resolveGroupSettings>,
): Promise<void> {
  const info = await durables.info(partition);
  const config = info && changedDurableConfig(info.config, settings);
  if (config === undefined) return;
  const stream = partitionStream(name, partition);
  // The server wants a single filter in the subject as well, so that a login can be limited to it.
  const filter = config.filter_subject === undefined ? "" : `.${config.filter_subject}`;
  await connection.jetStream.request(
    `CONSUMER.CREATE.${stream}.${durables.name}${filter}`,
    { stream_name: stream, config, action: "update" },
    { station: name },
  );
}

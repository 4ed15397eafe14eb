import {
  type Connection,
  requireConnection,
  ServerTooOldError,
  toStationkitError,
  UsageError,
} from "@stationkit/core-protocol";
import { explicitPartition, PartitionError, resolvePartition } from "@stationkit/partitioner";
import { createStationAdmin, type Station, type StationEvent } from "@stationkit/station-admin";
import type { Consumer } from "./consumer.js";
import { type ConsumerOptions, type ResolvedConsumerOptions, resolveConsumerOptions } from "./consumer-options.js";
import type { DurableInfo } from "./engine/durable-config.js";
import { Durables } from "./engine/durables.js";
import { GroupConsumer } from "./group-consumer.js";
import type { StartPosition } from "./start-position.js";

/**
 * Declares a member of a consumer group on a station. A station that is missing is created, and so is the group.
 *
 * Resolves when the group has its place on every partition: from then on no message passes it by. Messages are asked for when somebody
 * iterates, listens or fetches. The consumer follows a station that grows; `connection.close()` closes it.
 * @throws {UsageError} for options that cannot be right; nothing was created.
 * @throws {ConsumerGroupConflictError} when the group exists with other settings than those given here by name.
 * @throws {ServerTooOldError} for `partitions: "exclusive"` on a server older than 2.11.
 * @throws {PermissionDeniedError} when the login may not read the station.
 * @throws {StationkitError} whatever else keeps a missing station from being made, see station-admin's README.
 * @example
 * const consumer = await createConsumer(connection, { stationName: "orders", consumerName: "c1", consumerGroup: "billing" });
 * for await (const message of consumer) await message.ack();
 * @see memphis.js 1.3.2, memphis.ts `consumer()`
 */
export async function createConsumer<T = Uint8Array>(
  connection: Connection,
  options: ConsumerOptions<T>,
): Promise<Consumer<T>> {
  requireConnection("createConsumer", connection);
  const resolved = resolveConsumerOptions(options);
  requireExclusive(connection, resolved);
  const admin = createStationAdmin(connection);
  const station = await admin.ensure({ ...resolved.station, name: resolved.stationName });
  const durables = new Durables(connection, { station: station.name, group: resolved.group }, resolved.insistsOn);
  const infos = await ensureAll(durables, choosePartitions(resolved, station), resolved.start);
  const watch = admin.watch(station.name, { from: station });
  const consumer = new GroupConsumer<T>({
    connection,
    options: resolved,
    station,
    durables,
    infos,
    onClosed: () => {
      watch.close();
    },
  });
  watch.on((event: StationEvent) => {
    if (event.type === "destroyed") consumer.forgetPlaces();
    else void follow(consumer, { durables, options: resolved, station: event.station });
  });
  try {
    await consumer.open();
  } catch (error) {
    await consumer.close();
    throw error;
  }
  return consumer;
}

/** Servers before 2.11 take the fields of an exclusive group for unknown ones, and share its messages out. */
function requireExclusive({ server }: Connection, { insistsOn }: ResolvedConsumerOptions): void {
  if (insistsOn.partitions !== "exclusive" || server.jetStreamApiLevel >= 1) return;
  throw new ServerTooOldError(server.version, "2.11.0");
}

const GROWTH_RETRY_MS = 1_000;

/** New partitions are read from their first message on. */
async function follow<T>(
  consumer: GroupConsumer<T>,
  { durables, options, station }: { durables: Durables; options: ResolvedConsumerOptions; station: Station },
): Promise<void> {
  consumer.follow(station);
  if (options.partitionNumber !== undefined || options.partitionKey !== undefined) return;
  for (const partition of station.partitions.filter((number) => !consumer.partitions.includes(number))) {
    while (consumer.isFollowing(station)) {
      try {
        consumer.add(partition, await durables.ensure(partition, "all"));
        break;
      } catch (error) {
        consumer.interrupted(toStationkitError(error), partition);
        await new Promise((resolve) => setTimeout(resolve, GROWTH_RETRY_MS).unref());
      }
    }
  }
}

async function ensureAll(
  durables: Durables,
  partitions: readonly number[],
  start: StartPosition,
): Promise<ReadonlyMap<number, DurableInfo>> {
  const infos = new Map<number, DurableInfo>();
  // The first one alone: should the group be there with other settings, nothing was made.
  for (const batch of [partitions.slice(0, 1), partitions.slice(1)]) {
    await Promise.all(batch.map(async (partition) => infos.set(partition, await durables.ensure(partition, start))));
  }
  return infos;
}

/** @throws {UsageError} when the station has no such partition. */
function choosePartitions(options: ResolvedConsumerOptions, { name, partitions }: Station): readonly number[] {
  const { partitionNumber, partitionKey, partitioner } = options;
  try {
    if (partitionNumber !== undefined) return [explicitPartition(partitions, partitionNumber)];
    if (partitionKey !== undefined)
      return [resolvePartition(partitioner, { key: partitionKey, partitions, station: name })];
    return partitions;
  } catch (error) {
    if (PartitionError.is(error)) throw new UsageError(`station "${name}": ${error.message}`, { cause: error });
    throw error;
  }
}

import { type Connection, requireConnection, toStationkitError } from "@stationkit/core-protocol";
import { createStationAdmin, type Station, type StationEvent } from "@stationkit/station-admin";
import type { Consumer } from "./consumer.js";
import { type ConsumerOptions, type ResolvedConsumerOptions, resolveConsumerOptions } from "./consumer-options.js";
import type { Durables } from "./engine/durables.js";
import { GroupConsumer } from "./group-consumer.js";
import { declareConsumer } from "./declaration/declare-consumer.js";

/**
 * Declares a member of a consumer group on a station. A station that is missing is created, and so is the group.
 *
 * Resolves when the group has its place on every partition: from then on no message passes it by. Messages are asked for when somebody
 * iterates, listens or fetches. The consumer follows a station that grows; `connection.close()` closes it.
 * @throws {UsageError} for options that cannot be right; nothing was created.
 * @throws {ConsumerGroupConflictError} when the group exists with other settings than those given here by name.
 * @throws {ServerTooOldError} for `partitions: "exclusive"` on a server older than 2.11.
 * @throws {UnsupportedOnMemphisError} for an exclusive group, more than 10 deliveries, or a start by time, on a Memphis broker.
 * @throws {PermissionDeniedError} when the login may not read the station.
 * @throws {StationkitError} whatever else keeps a missing station from being made, see station-admin's README.
 * @example
 * const consumer = await createConsumer(connection, { stationName: "orders", consumerName: "c1", consumerGroup: "billing" });
 * for await (const message of consumer) await message.ack();
 * @see memphis.js 1.3.2, memphis.ts `consumer()`
 */
export function createConsumer<T>(
  connection: Connection,
  options: ConsumerOptions<T> & Required<Pick<ConsumerOptions<T>, "deserializer">>,
): Promise<Consumer<T>>;
export function createConsumer(connection: Connection, options: ConsumerOptions): Promise<Consumer>;
export async function createConsumer<T>(connection: Connection, options: ConsumerOptions<T>): Promise<Consumer<T>> {
  requireConnection("createConsumer", connection);
  const resolved = resolveConsumerOptions(options);
  const declaration = await declareConsumer(connection, resolved);
  const { station, durables } = declaration;
  const watch = createStationAdmin(connection).watch(station.name, { from: station });
  const consumer = new GroupConsumer<T>({
    connection,
    options: resolved,
    declaration,
    onClosed: () => {
      watch.close();
      declaration.withdraw();
    },
  });
  watch.on((event: StationEvent) => {
    if (event.type === "destroyed") consumer.verifyPlaces();
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

import {
  BrokerError,
  type Connection,
  type ConsumerGroupName,
  partitionStream,
  type StationName,
  StationNotFoundError,
  toInternalName,
} from "@stationkit/core-protocol";
import { createMemphisClient } from "@stationkit/station-admin/memphis";
import { isAnybodyInGroup } from "./group-presence.js";

/** nats-server's number for a consumer that does not exist. @see https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const CONSUMER_NOT_FOUND = 10014;

/** Whose place is to be taken away. */
export interface GroupPlace {
  readonly station: StationName;
  readonly consumerName: string;
  readonly group: ConsumerGroupName;
  readonly partitions: readonly number[];
}

/** Takes a member back, and with the last one the group: a Memphis broker counts members itself. */
export async function removeMember(connection: Connection, place: GroupPlace): Promise<void> {
  if ((await connection.controlPlane()) === "jetstream") return removeGroup(connection, place);
  const consumer = { name: place.consumerName, stationName: place.station };
  await createMemphisClient(connection).unregisterConsumer(consumer);
}

/**
 * Deletes the durables of a group on JetStream, unless anybody else is in it: a member of our consumers on any connection, an SDK that a bridge
 * counts, or whoever waits for messages. Members of other clients that only fetch now and then are not seen.
 */
async function removeGroup(connection: Connection, { station, group, partitions }: GroupPlace): Promise<void> {
  const durable = toInternalName(group);
  const ask = async (operation: string, partition: number): Promise<{ num_waiting?: number } | undefined> => {
    const subject = `CONSUMER.${operation}.${partitionStream(station, partition)}.${durable}`;
    try {
      return await connection.jetStream.request<{ num_waiting?: number }>(subject, undefined, { station });
    } catch (error) {
      const isGone = error instanceof BrokerError && error.serverErrorCode === CONSUMER_NOT_FOUND;
      if (isGone || error instanceof StationNotFoundError) return undefined;
      throw error;
    }
  };
  const infos = await Promise.all(partitions.map((partition) => ask("INFO", partition)));
  if (infos.some((info) => (info?.num_waiting ?? 0) > 0)) return;
  if (await isAnybodyInGroup(connection, station, group)) return;
  await Promise.all(partitions.map((partition) => ask("DELETE", partition)));
}

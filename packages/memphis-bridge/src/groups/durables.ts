import {
  BrokerError,
  type Connection,
  type ConsumerGroupName,
  finalSubject,
  partitionStream,
  toInternalName,
} from "@stationkit/core-protocol";
import type { Station } from "@stationkit/station-admin";
import type { BridgeContext } from "../context.js";
import { Limit } from "../limit.js";
import { repeat } from "../repeat.js";
import { serverErrorCode } from "../state/own-stream.js";
import { changedDurable, type DurableConfig, type GroupRequest, newDurable } from "./durable-config.js";

/** nats-server's numbers for consumers. @see https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const CONSUMER_NOT_FOUND = 10014;
const CONSUMER_EXISTS = 10148;
const STREAM_NOT_FOUND = 10059;
/** Requests of one call that are on the way at once. */
const CONCURRENCY = 16;

/**
 * Gives the group its place on every partition. Where it has one, only the time for acknowledgements and the number of deliveries are
 * changed to what is asked for, as by a Memphis broker.
 * @throws {BrokerError} for a group whose members hold partitions for themselves, which Memphis clients cannot do.
 */
export async function ensureDurables(
  { connection, options }: BridgeContext,
  station: Station,
  request: GroupRequest,
): Promise<void> {
  const limit = new Limit(CONCURRENCY);
  await Promise.all(
    station.partitions.map((partition) =>
      limit.run(() =>
        repeat(options.requestTimeoutMs, () => ensureDurable(connection, { station, partition }, request)),
      ),
    ),
  );
}

/** Durables that `deleteDurables` takes at a time: all of them are on the way at once, so that its time does not depend on how many. */
export const DELETIONS_AT_ONCE = 16;
const DELETION_TIMEOUT_MS = 1_000;

/**
 * Takes the group's place from some partitions, within `DELETION_TIMEOUT_MS`: the caller holds the group for as long.
 * @throws {StationkitError} when that was not possible; the same call may be made again.
 */
export async function deleteDurables(
  { connection }: BridgeContext,
  { station, group }: { readonly station: Station; readonly group: ConsumerGroupName },
  partitions: readonly number[],
): Promise<void> {
  const deleteOne = async (partition: number): Promise<void> => {
    const durable = `${partitionStream(station.name, partition)}.${toInternalName(group)}`;
    try {
      await connection.jetStream.request(`CONSUMER.DELETE.${durable}`, undefined, { timeoutMs: DELETION_TIMEOUT_MS });
    } catch (error) {
      if (!isDurableMissing(error)) throw error;
    }
  };
  await Promise.all(partitions.map(deleteOne));
}

/** Whether an answer says that there is no such durable, or no stream that it could be of. */
export function isDurableMissing(error: unknown): boolean {
  const code = serverErrorCode(error);
  return code === CONSUMER_NOT_FOUND || code === STREAM_NOT_FOUND;
}

interface Place {
  readonly station: Station;
  readonly partition: number;
}

async function ensureDurable(connection: Connection, place: Place, request: GroupRequest): Promise<void> {
  const stream = partitionStream(place.station.name, place.partition);
  const durable = toInternalName(request.consumerGroup);
  const context = { station: place.station.name };
  const existing = await readConfig(connection, `${stream}.${durable}`);
  if (existing === undefined) {
    const { state } = await connection.jetStream.request<{ state: { last_seq: number } }>(
      `STREAM.INFO.${stream}`,
      undefined,
      context,
    );
    try {
      await connection.jetStream.request(
        `CONSUMER.CREATE.${stream}.${durable}.${finalSubject(stream)}`,
        { stream_name: stream, config: newDurable(stream, request, state.last_seq), action: "create" },
        context,
      );
    } catch (error) {
      // Another member was quicker, with other settings: they are looked at now.
      if (serverErrorCode(error) !== CONSUMER_EXISTS) throw error;
      await ensureDurable(connection, place, request);
    }
    return;
  }
  if (existing.priority_policy === "pinned_client") {
    throw new BrokerError(
      `consumer group "${request.consumerGroup}" is exclusive, which Memphis clients cannot be part of`,
    );
  }
  const changed = changedDurable(existing, request);
  if (changed === undefined) return;
  await connection.jetStream.request(
    `CONSUMER.CREATE.${stream}.${durable}`,
    { stream_name: stream, config: changed, action: "update" },
    context,
  );
}

/** @returns undefined when there is no such durable. */
async function readConfig(connection: Connection, durable: string): Promise<DurableConfig | undefined> {
  try {
    return (await connection.jetStream.request<{ config: DurableConfig }>(`CONSUMER.INFO.${durable}`)).config;
  } catch (error) {
    if (serverErrorCode(error) === CONSUMER_NOT_FOUND) return undefined;
    throw error;
  }
}

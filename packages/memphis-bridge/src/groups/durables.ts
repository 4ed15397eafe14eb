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

/** Takes the group's place from every partition. */
export async function deleteDurables(
  { connection, options }: BridgeContext,
  station: Station,
  group: ConsumerGroupName,
): Promise<void> {
  const limit = new Limit(CONCURRENCY);
  await Promise.all(
    station.partitions.map((partition) =>
      limit.run(() =>
        repeat(options.requestTimeoutMs, async () => {
          const stream = partitionStream(station.name, partition);
          try {
            await connection.jetStream.request(`CONSUMER.DELETE.${stream}.${toInternalName(group)}`);
          } catch (error) {
            const code = serverErrorCode(error);
            if (code !== CONSUMER_NOT_FOUND && code !== STREAM_NOT_FOUND) throw error;
          }
        }),
      ),
    ),
  );
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

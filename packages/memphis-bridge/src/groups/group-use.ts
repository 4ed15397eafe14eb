import {
  BrokerError,
  type ConsumerGroupName,
  partitionStream,
  PermissionDeniedError,
  RequestTimeoutError,
  toInternalName,
} from "@stationkit/core-protocol";
import { groupMembersSubject } from "@stationkit/core-protocol/control";
import type { Station } from "@stationkit/station-admin";
import type { BridgeContext } from "../context.js";
import { Limit } from "../limit.js";
import { repeat } from "../repeat.js";
import { isDurableMissing } from "./durables.js";

/** Those who are in a group answer at once. memphis-dev waits for the end of a consumer for a second. */
const ANSWER_WINDOW_MS = 500;
const NO_RESPONDERS = 503;
const CONCURRENCY = 16;

interface Group {
  readonly station: Station;
  readonly group: ConsumerGroupName;
}

/**
 * Whether anybody is in a group of whom bridges do not know: clients of other kinds declare themselves to nobody.
 *
 * First those are asked who can be. Only then, when the last requests for messages of the member that was destroyed are over
 * (memphis-dev's last 100 ms by default), the durables are looked at: whether somebody waits for messages there, or has some in hand.
 */
export async function isGroupInUse(context: BridgeContext, place: Group): Promise<boolean> {
  if (await doesAnybodyAnswer(context, place)) return true;
  const limit = new Limit(CONCURRENCY);
  const inUse = await Promise.all(
    place.station.partitions.map((partition) => limit.run(() => isDurableInUse(context, place, partition))),
  );
  return inUse.includes(true);
}

/** @returns true also where it may not be asked: a group is rather kept than taken from somebody. */
async function doesAnybodyAnswer({ connection, emitter }: BridgeContext, { station, group }: Group): Promise<boolean> {
  const subject = groupMembersSubject(station.name, group);
  try {
    await connection.request(subject, "", { timeoutMs: ANSWER_WINDOW_MS, station: station.name });
    return true;
  } catch (error) {
    if (error instanceof RequestTimeoutError) return false;
    if (error instanceof PermissionDeniedError) {
      emitter.emit("failed", error);
      return true;
    }
    if (error instanceof BrokerError && error.serverCode === NO_RESPONDERS) return false;
    throw error;
  }
}

async function isDurableInUse(
  { connection, options }: BridgeContext,
  { station, group }: Group,
  partition: number,
): Promise<boolean> {
  const durable = `${partitionStream(station.name, partition)}.${toInternalName(group)}`;
  try {
    const { num_waiting: waiting, num_ack_pending: inHand } = await repeat(options.requestTimeoutMs, () =>
      connection.jetStream.request<{ num_waiting: number; num_ack_pending: number }>(`CONSUMER.INFO.${durable}`),
    );
    return waiting > 0 || inHand > 0;
  } catch (error) {
    if (isDurableMissing(error)) return false;
    throw error;
  }
}

import { type Connection, UnsupportedOnMemphisError } from "@stationkit/core-protocol";
import type { ConsumerCreationOptions } from "@stationkit/core-protocol/control";
import { createMemphisClient, provideStation, readRegistered } from "@stationkit/station-admin/memphis";
import { CONSUMER_DEFAULTS, type ResolvedConsumerOptions } from "../consumer-options.js";
import { Durables } from "../engine/durables.js";
import { MemphisDeadLetters } from "../engine/memphis-dead-letters.js";
import { ResentMessages } from "../engine/resent-messages.js";
import { toWireStart } from "../start-position.js";
import { ensureDurables } from "./ensure-durables.js";
import type { Declaration } from "./declaration.js";

/** More deliveries than this a broker takes for this. @see memphis-protocol.md section 3.5 */
const MAX_DELIVERIES = 10;
const FIRST_SEQUENCE = 1;

/**
 * Registers a member at a Memphis broker, which makes the group's durables; the station is made first when it is missing.
 *
 * A member whose settings differ from the group's would change them for all: so the group is looked at first, and registered with as it is.
 * @throws {UnsupportedOnMemphisError} @throws {ConsumerGroupConflictError} before anything was asked for.
 */
export async function declareOnMemphis(connection: Connection, options: ResolvedConsumerOptions): Promise<Declaration> {
  refuseUnsupported(options);
  const { stationName, group, consumerName, insistsOn } = options;
  await provideStation(connection, stationName, options.station);
  const durables = new Durables(connection, { station: stationName, group }, insistsOn, { serverGivesUp: true });
  const client = createMemphisClient(connection);
  const existing = await durables.existing(1);
  const reply = await client.registerConsumer({
    consumerName,
    stationName,
    consumerGroup: group,
    maxAckTimeMs: existing?.ackTimeoutMs ?? insistsOn.ackTimeoutMs ?? CONSUMER_DEFAULTS.ackTimeoutMs,
    maxMessageDeliveries: deliveries(existing?.maxDeliveries ?? insistsOn.maxDeliveries ?? MAX_DELIVERIES),
    ...(await startOf(durables, options)),
  });
  if (reply.partitions.length === 0) {
    throw new UnsupportedOnMemphisError("a consumer", `station "${stationName}" is from before there were partitions`);
  }
  const { station } = await readRegistered(connection, stationName, reply.partitions);
  const place = { connection, client, station: stationName, group };
  return {
    station,
    durables,
    infos: await ensureDurables(durables, station, options),
    deadLetters: new MemphisDeadLetters(client, group),
    openResent: (taker) => new ResentMessages(place, taker).open(),
    withdraw: () => undefined,
  };
}

function refuseUnsupported({ insistsOn, start }: ResolvedConsumerOptions): void {
  if (insistsOn.partitions === "exclusive") {
    throw new UnsupportedOnMemphisError("partitions: exclusive", "its nats-server is older than what this needs");
  }
  if ((insistsOn.maxDeliveries ?? 1) > MAX_DELIVERIES) {
    throw new UnsupportedOnMemphisError(
      `maxDeliveries: ${insistsOn.maxDeliveries ?? 0}`,
      `${MAX_DELIVERIES} is the most`,
    );
  }
  if (typeof start === "object" && "fromTime" in start) {
    throw new UnsupportedOnMemphisError("start: fromTime", "give a sequence or a number of messages");
  }
}

/** A durable of another tool may have no limit, or a higher one. */
function deliveries(maxDeliveries: number): number {
  return Math.min(maxDeliveries, MAX_DELIVERIES);
}

type WireStart = Pick<ConsumerCreationOptions, "startConsumeFromSequence" | "lastMessages">;

/**
 * Of a station with one partition a broker makes no durable when it is asked for the last messages, so there the sequence is asked for
 * that comes to the same. @see memphis-protocol.md section 9.1
 */
async function startOf(durables: Durables, { start }: ResolvedConsumerOptions): Promise<WireStart> {
  if (start === "all") return { startConsumeFromSequence: FIRST_SEQUENCE, lastMessages: -1 };
  if (start === "new") return { startConsumeFromSequence: FIRST_SEQUENCE, lastMessages: 0 };
  if ("fromSequence" in start) return { startConsumeFromSequence: start.fromSequence, lastMessages: -1 };
  if (!("lastMessages" in start)) throw new UnsupportedOnMemphisError("start", "it has no such position");
  if (await durables.hasPartition(2))
    return { startConsumeFromSequence: FIRST_SEQUENCE, lastMessages: start.lastMessages };
  const wire = toWireStart(start, await durables.lastSequence(1));
  const startConsumeFromSequence = "opt_start_seq" in wire ? wire.opt_start_seq : FIRST_SEQUENCE;
  return { startConsumeFromSequence, lastMessages: -1 };
}

import { type Connection, ServerTooOldError } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";
import type { ResolvedConsumerOptions } from "../consumer-options.js";
import { DeadLetterWriter } from "../engine/dead-letter-writer.js";
import { Durables } from "../engine/durables.js";
import { answerForGroup } from "./answer-for-group.js";
import { ensureDurables } from "./ensure-durables.js";
import type { Declaration } from "./declaration.js";

/** Nobody registers members on plain JetStream: the station and the group's durables have to be there. */
export async function declareOnJetStream(
  connection: Connection,
  options: ResolvedConsumerOptions,
): Promise<Declaration> {
  requireExclusive(connection, options);
  const { stationName, group, consumerName } = options;
  const station = await createStationAdmin(connection).ensure({ ...options.station, name: stationName });
  const durables = new Durables(connection, { station: stationName, group }, options.insistsOn);
  // First: what is there afterwards, nobody who asks takes away.
  const withdraw = answerForGroup(connection, stationName, group);
  try {
    return {
      station,
      durables,
      infos: await ensureDurables(durables, station, options),
      deadLetters: new DeadLetterWriter({ connection, consumerName, group }, station),
      openResent: undefined,
      withdraw,
    };
  } catch (error) {
    withdraw();
    throw error;
  }
}

/** Servers before 2.11 take the fields of an exclusive group for unknown ones, and share its messages out. */
function requireExclusive({ server }: Connection, { insistsOn }: ResolvedConsumerOptions): void {
  if (insistsOn.partitions !== "exclusive" || server.jetStreamApiLevel >= 1) return;
  throw new ServerTooOldError(server.version, "2.11.0");
}

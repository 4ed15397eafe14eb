import {
  BrokerError,
  type Connection,
  type ConsumerGroupName,
  PermissionDeniedError,
  RequestTimeoutError,
  type StationName,
} from "@stationkit/core-protocol";
import { groupMembersSubject } from "@stationkit/core-protocol/control";

/** A member answers at once; a bridge, which counts SDKs, after a look at what it keeps. */
const ANSWER_WINDOW_MS = 1_000;
const NO_RESPONDERS = 503;
const nothing = new Uint8Array();

/**
 * Whether a member of our consumers is in the group, on any connection, or an SDK that a bridge has counted.
 * @returns true also where it cannot be asked: a group is rather kept than taken from somebody.
 */
export async function isAnybodyInGroup(
  connection: Connection,
  station: StationName,
  group: ConsumerGroupName,
): Promise<boolean> {
  try {
    await connection.request(groupMembersSubject(station, group), nothing, { timeoutMs: ANSWER_WINDOW_MS, station });
    return true;
  } catch (error) {
    if (error instanceof RequestTimeoutError) return false;
    if (error instanceof PermissionDeniedError) return true;
    if (error instanceof BrokerError && error.serverCode === NO_RESPONDERS) return false;
    throw error;
  }
}

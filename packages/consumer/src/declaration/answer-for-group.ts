import type { Connection, ConsumerGroupName, StationName } from "@stationkit/core-protocol";
import { groupMembersSubject } from "@stationkit/core-protocol/control";

const nothing = new Uint8Array();

/**
 * Answers those who ask whether anybody is in the group, before they delete it: plain NATS counts no members. A login that may not
 * hear the question is not seen.
 * @returns what ends it.
 */
export function answerForGroup(connection: Connection, station: StationName, group: ConsumerGroupName): () => void {
  const subscription = connection.natsConnection.subscribe(groupMembersSubject(station, group), {
    callback: (error, message) => {
      if (error === null) message.respond(nothing);
    },
  });
  return () => {
    if (!subscription.isClosed()) subscription.unsubscribe();
  };
}

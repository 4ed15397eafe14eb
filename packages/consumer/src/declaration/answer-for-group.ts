import type { Connection, ConsumerGroupName, StationName } from "@stationkit/core-protocol";
import { groupMembersSubject, isInbox } from "@stationkit/core-protocol/control";

const nothing = new Uint8Array();
/** Where clients wait for answers unless they are told otherwise. */
const USUAL_INBOX = "_INBOX";

/**
 * Answers those who ask whether anybody is in the group, before they delete it: plain NATS counts no members. A login that may not
 * hear the question is not seen, and one that wants its answer elsewhere than in an inbox gets none.
 * @returns what ends it.
 */
export function answerForGroup(connection: Connection, station: StationName, group: ConsumerGroupName): () => void {
  const places = [USUAL_INBOX, connection.inboxPrefix];
  const subscription = connection.natsConnection.subscribe(groupMembersSubject(station, group), {
    callback: (error, message) => {
      if (error === null && isInbox(message.reply ?? "", places)) message.respond(nothing);
    },
  });
  return () => {
    if (!subscription.isClosed()) subscription.unsubscribe();
  };
}

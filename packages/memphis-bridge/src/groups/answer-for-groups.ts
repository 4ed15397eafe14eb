import { type InternalName, parseConsumerGroupName, toStationName } from "@stationkit/core-protocol";
import { groupMembersSubject } from "@stationkit/core-protocol/control";
import type { BridgeContext } from "../context.js";
import { Limit } from "../limit.js";
import { QueueListener, type ReceivedMessage } from "../queue-listener.js";
import { requireInbox } from "../inbox.js";
import { findStation } from "../stations.js";

const ANY = "*" as Parameters<typeof groupMembersSubject>[0] & Parameters<typeof groupMembersSubject>[1];
const QUEUE = "memphis_bridge";
const MAX_AT_ONCE = 32;
const yes = new Uint8Array();

/**
 * Answers for the SDKs that are declared in a group, when somebody asks who is in it; says nothing for a group of which bridges know nobody.
 * @see groupMembersSubject in core-protocol
 */
export function answerForGroups(context: BridgeContext): QueueListener {
  const limit = new Limit(MAX_AT_ONCE);
  const onError = (error: Error): void => {
    context.emitter.emit("failed", error);
  };
  return new QueueListener(context.connection, {
    subject: groupMembersSubject(ANY, ANY),
    queue: QUEUE,
    handle: (message) =>
      limit.run(async () => {
        requireInbox(message, context.options.inboxPrefixes);
        if (await isAnybodyDeclared(context, message)) message.respond(yes);
      }),
    onError,
  });
}

async function isAnybodyDeclared(context: BridgeContext, { subject }: ReceivedMessage): Promise<boolean> {
  const [stationToken = "", groupToken = ""] = subject.split(".").slice(-2);
  const name = toStationName(stationToken as InternalName);
  const group = parseConsumerGroupName(groupToken.replaceAll("#", "."));
  const station = await findStation(context, name);
  return station !== undefined && context.state.groups.isAnybodyIn({ station, group });
}

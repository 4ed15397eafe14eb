import { randomUUID } from "node:crypto";
import { type ConsumerGroupName, RequestTimeoutError } from "@stationkit/core-protocol";
import { groupMembersSubject } from "@stationkit/core-protocol/control";
import type { Station } from "@stationkit/station-admin";
import type { BridgeContext } from "../context.js";
import { repeat } from "../repeat.js";
import type { GroupMember, MemberFilter } from "../state/group-state.js";
import { DELETIONS_AT_ONCE, deleteDurables } from "./durables.js";
import { isGroupInUse } from "./group-use.js";

/**
 * A bridge that ends a group says so again before each step, and no step takes it half of this. Who has seen nothing new for so long takes
 * over: the bridge has died, or is so late that it will find that it is no longer its to do.
 */
const LEASE_MS = 4_000;
const POLL_MS = 50;

interface Group {
  readonly station: Station;
  readonly group: ConsumerGroupName;
}

/**
 * Writes a member into its group. Afterwards the group's durables are there for it to make or find: nobody deletes them any more.
 * @throws {RequestTimeoutError} when the group before it would not end in time.
 */
export async function joinGroup(context: BridgeContext, place: Group, member: GroupMember): Promise<void> {
  const deadline = performance.now() + context.options.requestTimeoutMs;
  for (;;) {
    const by = await context.state.groups.add(place, member);
    if (by === undefined) return;
    await seeEnded(context, place, { by, deadline });
  }
}

/** Takes members out of their group, and the group away when nobody is left. Also when somebody else is at it: over when it is over. */
export async function leaveGroup(context: BridgeContext, place: Group, filter: MemberFilter): Promise<void> {
  const deadline = performance.now() + context.options.requestTimeoutMs;
  const own = randomUUID();
  let by = await context.state.groups.remove(place, filter, own);
  if (by === own) {
    await endGroup(context, place, own);
    return;
  }
  while (by !== undefined) {
    await seeEnded(context, place, { by, deadline });
    by = await context.state.groups.endingBy(place);
  }
}

/** Waits until there is something new of an ending, and does it when there is not. */
async function seeEnded(
  context: BridgeContext,
  place: Group,
  { by, deadline }: { readonly by: string; readonly deadline: number },
): Promise<void> {
  const { groups } = context.state;
  const since = performance.now();
  do {
    const now = performance.now();
    if (now - since >= LEASE_MS) {
      const own = randomUUID();
      if (await groups.takeEnding(place, by, own)) await endGroup(context, place, own);
      return;
    }
    if (now >= deadline) {
      const hint = `consumer group "${place.group}" is being destroyed`;
      const subject = groupMembersSubject(place.station.name, place.group);
      throw new RequestTimeoutError(subject, context.options.requestTimeoutMs, { hint });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  } while ((await groups.endingBy(place)) === by);
}

/** Deletes the durables of a group that nobody uses, few at a time, and forgets it. */
async function endGroup(context: BridgeContext, place: Group, start: string): Promise<void> {
  const { groups } = context.state;
  const { partitions } = place.station;
  let by = start;
  const deleteSome = async (some: readonly number[]): Promise<boolean> => {
    const next = randomUUID();
    if (!(await groups.takeEnding(place, by, next))) return false;
    by = next;
    await deleteDurables(context, place, some);
    return true;
  };
  if (!(await isGroupInUse(context, place))) {
    for (let first = 0; first < partitions.length; first += DELETIONS_AT_ONCE) {
      const some = partitions.slice(first, first + DELETIONS_AT_ONCE);
      if (!(await repeat(context.options.requestTimeoutMs, () => deleteSome(some)))) return;
    }
  }
  await groups.finishEnding(place, by);
}

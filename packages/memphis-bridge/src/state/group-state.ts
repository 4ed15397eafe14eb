/** The consumers of a group that were declared and not destroyed. */
export interface GroupState {
  readonly stationId: string;
  /** Oldest first. */
  readonly members: readonly GroupMember[];
  /** There when the last members were destroyed, until the group's durables are dealt with. Nobody joins meanwhile. */
  readonly ending?: GroupEnding;
}

/** A group that somebody takes away. */
interface GroupEnding {
  /** Who does it: another UUID for each bridge that takes it in hand, and whenever one says that it is still at it. */
  readonly by: string;
  /** The last to be destroyed: whoever destroys them again is told of the same end. */
  readonly members: readonly GroupMember[];
}

/** Consumers of one name on several connections are several members. */
export interface GroupMember {
  readonly consumer: string;
  readonly connectionId: string;
}

/**
 * The oldest are forgotten beyond this: a process that ends without destroying its consumers leaves a member for ever, and nobody tells
 * the bridge of connections that are gone.
 */
const MAX_MEMBERS = 1_000;

export function parseGroupState(value: unknown, stationId: string): GroupState {
  const none: GroupState = { stationId, members: [] };
  if (typeof value !== "object" || value === null) return none;
  const state = value as Partial<GroupState>;
  if (state.stationId !== stationId || !Array.isArray(state.members)) return none;
  const { members, ending } = state;
  return ending === undefined ? { stationId, members } : { stationId, members, ending };
}

export function withMember(state: GroupState, member: GroupMember): GroupState {
  const others = state.members.filter((one) => !isSame(one, member));
  return { ...state, members: [...others, member].slice(-MAX_MEMBERS) };
}

/** Which members are meant: those of one name, on one connection or (undefined) on any. */
export interface MemberFilter {
  readonly consumer: string;
  readonly connectionId: string | undefined;
}

/** @returns the same object when none of them is in the group. */
export function withoutMember(state: GroupState, filter: MemberFilter): GroupState {
  const members = state.members.filter((one) => !isMeant(one, filter));
  return members.length === state.members.length ? state : { ...state, members };
}

/** As `withoutMember`; when nobody is left by that, the group is ending. */
export function endingWithout(state: GroupState, filter: MemberFilter, by: string): GroupState {
  const without = withoutMember(state, filter);
  if (without === state || without.members.length > 0) return without;
  return { ...without, ending: { by, members: state.members } };
}

/** Whether a member is in the group, or was among the last of it that is ending. */
export function concerns(state: GroupState, filter: MemberFilter): boolean {
  return [...state.members, ...(state.ending?.members ?? [])].some((one) => isMeant(one, filter));
}

function isMeant(one: GroupMember, { consumer, connectionId }: MemberFilter): boolean {
  return one.consumer === consumer && (connectionId === undefined || one.connectionId === connectionId);
}

function isSame(one: GroupMember, other: GroupMember): boolean {
  return one.consumer === other.consumer && one.connectionId === other.connectionId;
}

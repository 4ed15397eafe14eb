/** The consumers of a group that were declared and not destroyed. */
export interface GroupState {
  readonly stationId: string;
  /** Oldest first. */
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
  return state.stationId === stationId && Array.isArray(state.members) ? { stationId, members: state.members } : none;
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
export function withoutMember(state: GroupState, { consumer, connectionId }: MemberFilter): GroupState {
  const members = state.members.filter(
    (one) => one.consumer !== consumer || (connectionId !== undefined && one.connectionId !== connectionId),
  );
  return members.length === state.members.length ? state : { ...state, members };
}

function isSame(one: GroupMember, other: GroupMember): boolean {
  return one.consumer === other.consumer && one.connectionId === other.connectionId;
}

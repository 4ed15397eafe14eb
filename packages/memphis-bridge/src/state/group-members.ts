import { type ConsumerGroupName, parseConsumerGroupName, type StationName } from "@stationkit/core-protocol";
import type { Station } from "@stationkit/station-admin";
import { Limit } from "../limit.js";
import { type Bucket, keyPart, type Stored } from "./bucket.js";
import {
  concerns,
  endingWithout,
  type GroupMember,
  type GroupState,
  type MemberFilter,
  parseGroupState,
  withMember,
} from "./group-state.js";
import { stationIdOf } from "./station-state.js";

/** A consumer group of a station that exists. */
export interface GroupPlace {
  readonly station: Pick<Station, "name" | "id">;
  readonly group: ConsumerGroupName;
}

/** Keys that are read at once. */
const CONCURRENCY = 16;

/** Who is declared in which consumer group. Of a group that nobody is in, nothing is kept once it has ended. */
export class GroupMembers {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /** @returns undefined when the member is in; else who ends the group: it has to be over first. */
  async add(place: GroupPlace, member: GroupMember): Promise<string | undefined> {
    const { value } = await this.#update(place, (state) =>
      state.ending === undefined ? withMember(state, member) : undefined,
    );
    return value.ending?.by;
  }

  /**
   * The groups of a station in which a consumer is a member, or was the last one, if they are still ending.
   * @param filter.connectionId - undefined: on any connection.
   */
  async groupsOf(station: GroupPlace["station"], filter: MemberFilter): Promise<ConsumerGroupName[]> {
    const limit = new Limit(CONCURRENCY);
    const keys = await this.#bucket.keys(`groups.${keyPart(station.name)}.*`);
    const states = await Promise.all(keys.map((key) => limit.run(() => this.#bucket.get(key))));
    return keys
      .filter((_, index) => concerns(parseGroupState(states[index], stationIdOf(station)), filter))
      .map((key) => parseConsumerGroupName(key.slice(key.lastIndexOf(".") + 1).replaceAll("=", ".")));
  }

  /**
   * Takes members out. When nobody is left by that, the same step says that the group is ending, so that of many removals and
   * additions at once exactly one has it to do.
   * @param by - who ends it, should it come to that.
   * @returns who ends it; undefined when others are in it.
   */
  async remove(place: GroupPlace, filter: MemberFilter, by: string): Promise<string | undefined> {
    const { value } = await this.#update(place, (state) =>
      state.ending === undefined ? endingWithout(state, filter, by) : undefined,
    );
    return value.ending?.by;
  }

  /** @returns who ends the group; undefined when nobody does. */
  async endingBy(place: GroupPlace): Promise<string | undefined> {
    return (await this.#read(place)).ending?.by;
  }

  /** Takes an ending over, from another or from oneself. @returns false when somebody else has, or it is over. */
  async takeEnding(place: GroupPlace, from: string, to: string): Promise<boolean> {
    const { value } = await this.#update(place, (state) =>
      state.ending?.by === from ? { ...state, ending: { ...state.ending, by: to } } : undefined,
    );
    return value.ending?.by === to;
  }

  /** Forgets the group, unless somebody else has taken its ending over. */
  async finishEnding(place: GroupPlace, by: string): Promise<void> {
    const { value, revision } = await this.#update(place, () => undefined);
    if (value.ending?.by === by) await this.#bucket.remove(groupKey(place), revision);
  }

  async isAnybodyIn(place: GroupPlace): Promise<boolean> {
    return (await this.#read(place)).members.length > 0;
  }

  /** Removes what was known of a station's groups. @param through - the last revision that may go. */
  async forget(station: StationName, through: number): Promise<void> {
    await this.#bucket.remove(`groups.${keyPart(station)}.>`, through);
  }

  async #read(place: GroupPlace): Promise<GroupState> {
    return parseGroupState(await this.#bucket.get(groupKey(place)), stationIdOf(place.station));
  }

  #update(place: GroupPlace, change: (state: GroupState) => GroupState | undefined): Promise<Stored<GroupState>> {
    const stationId = stationIdOf(place.station);
    return this.#bucket.update(groupKey(place), (value) => parseGroupState(value, stationId), change);
  }
}

function groupKey({ station, group }: GroupPlace): string {
  return `groups.${keyPart(station.name)}.${keyPart(group)}`;
}

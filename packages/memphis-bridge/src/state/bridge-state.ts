import {
  type Connection,
  type ConsumerGroupName,
  parseConsumerGroupName,
  type StationName,
} from "@stationkit/core-protocol";
import type { Station } from "@stationkit/station-admin";
import { Bucket, keyPart } from "./bucket.js";
import {
  type GroupMember,
  type GroupState,
  type MemberFilter,
  parseGroupState,
  withMember,
  withoutMember,
} from "./group-state.js";
import { parseSchemaState, type SchemaState } from "./schema-state.js";
import { defaultState, isAbout, parseStationState, type StationState, stationIdOf } from "./station-state.js";

const BUCKET = "memphis_bridge";

/** What all bridges of an account know, and what outlives them. */
export class BridgeState {
  readonly #bucket: Bucket;

  private constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  static async open(connection: Connection, replicas: number | undefined): Promise<BridgeState> {
    return new BridgeState(await Bucket.open(connection, BUCKET, replicas));
  }

  /** What Memphis knows of a station that exists. */
  async station(station: Pick<Station, "name" | "id">): Promise<StationState> {
    const state = parseStationState(await this.#bucket.get(stationKey(station.name)));
    return state !== undefined && isAbout(state, station) ? state : defaultState(station);
  }

  async changeStation(
    station: Pick<Station, "name" | "id">,
    change: Partial<Pick<StationState, "schema" | "dls">>,
  ): Promise<void> {
    await this.#bucket.update(stationKey(station.name), parseStationState, (current) => ({
      ...(current !== undefined && isAbout(current, station) ? current : defaultState(station)),
      ...change,
      stationId: stationIdOf(station),
    }));
  }

  /** Writes down what a station that is about to be made shall have. What another request has written for it stays. */
  async announceStation(name: StationName, state: Pick<StationState, "schema" | "dls">): Promise<void> {
    await this.#bucket.update(stationKey(name), parseStationState, (current) =>
      current?.stationId === "" ? undefined : { ...state, stationId: "" },
    );
  }

  /** The station that was announced is there. */
  async settleStation(station: Pick<Station, "name" | "id">): Promise<void> {
    await this.#bucket.update(stationKey(station.name), parseStationState, (current) =>
      current?.stationId === "" ? { ...current, stationId: stationIdOf(station) } : undefined,
    );
  }

  /** Removes everything that is known of a station. */
  async forgetStation(name: StationName): Promise<void> {
    await this.#bucket.remove(stationKey(name));
    await this.#bucket.remove(`groups.${keyPart(name)}.>`);
  }

  /** The stations of which something is known. Some may not exist any more. */
  async stationNames(): Promise<string[]> {
    return (await this.#bucket.keys("stations.*")).map((key) => key.slice("stations.".length).replaceAll("=", "."));
  }

  /** @param name - lower-cased. @returns undefined when there is no such schema. */
  async schema(name: string): Promise<SchemaState | undefined> {
    return parseSchemaState(await this.#bucket.get(schemaKey(name)));
  }

  /** @param change - may throw; undefined leaves what is there. */
  async changeSchema(
    name: string,
    change: (current: SchemaState | undefined) => SchemaState | undefined,
  ): Promise<SchemaState | undefined> {
    return this.#bucket.update(schemaKey(name), parseSchemaState, change);
  }

  async addMember(station: Pick<Station, "name" | "id">, group: ConsumerGroupName, member: GroupMember): Promise<void> {
    const stationId = stationIdOf(station);
    const parse = (value: unknown): GroupState => parseGroupState(value, stationId);
    await this.#bucket.update(groupKey(station.name, group), parse, (state) => withMember(state, member));
  }

  /**
   * The groups of a station in which a consumer is a member.
   * @param member.connectionId - undefined: on any connection.
   * @returns each with how many others are in it.
   */
  async groupsOf(station: Pick<Station, "name" | "id">, member: MemberFilter): Promise<Membership[]> {
    const memberships: Membership[] = [];
    for (const key of await this.#bucket.keys(`groups.${keyPart(station.name)}.*`)) {
      const state = parseGroupState(await this.#bucket.get(key), stationIdOf(station));
      const without = withoutMember(state, member);
      if (without === state) continue;
      const group = key.slice(key.lastIndexOf(".") + 1).replaceAll("=", ".");
      memberships.push({ group: parseConsumerGroupName(group), others: without.members.length });
    }
    return memberships;
  }

  async removeMember(
    station: Pick<Station, "name" | "id">,
    group: ConsumerGroupName,
    member: MemberFilter,
  ): Promise<void> {
    const stationId = stationIdOf(station);
    const parse = (value: unknown): GroupState => parseGroupState(value, stationId);
    await this.#bucket.update(groupKey(station.name, group), parse, (state) => withoutMember(state, member));
  }
}

/** A group that a consumer is in. */
export interface Membership {
  readonly group: ConsumerGroupName;
  readonly others: number;
}

function stationKey(name: string): string {
  return `stations.${keyPart(name)}`;
}

function schemaKey(name: string): string {
  return `schemas.${keyPart(name)}`;
}

function groupKey(station: StationName, group: ConsumerGroupName): string {
  return `groups.${keyPart(station)}.${keyPart(group)}`;
}

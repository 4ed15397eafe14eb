import type { Connection, StationName } from "@stationkit/core-protocol";
import type { Station } from "@stationkit/station-admin";
import { Bucket, keyPart } from "./bucket.js";
import { GroupMembers } from "./group-members.js";
import { parseSchemaState, type SchemaState } from "./schema-state.js";
import { defaultState, isAbout, parseStationState, type StationState, stationIdOf } from "./station-state.js";

const BUCKET = "memphis_bridge";

/** What all bridges of an account know, and what outlives them. */
export class BridgeState {
  readonly groups: GroupMembers;
  readonly #bucket: Bucket;

  private constructor(bucket: Bucket) {
    this.#bucket = bucket;
    this.groups = new GroupMembers(bucket);
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

  /** How far everything is written: what is written later has a higher number. */
  async lastRevision(): Promise<number> {
    return this.#bucket.lastRevision();
  }

  /** Removes what was known of a station. @param through - by `lastRevision`: what was written later is about one made since. */
  async forgetStation(name: StationName, through: number): Promise<void> {
    await this.#bucket.remove(stationKey(name), through);
    await this.groups.forget(name, through);
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
    return (await this.#bucket.update(schemaKey(name), parseSchemaState, change)).value;
  }
}

function stationKey(name: string): string {
  return `stations.${keyPart(name)}`;
}

function schemaKey(name: string): string {
  return `schemas.${keyPart(name)}`;
}

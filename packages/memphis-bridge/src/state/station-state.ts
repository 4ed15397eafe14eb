import type { DlsConfiguration } from "@stationkit/core-protocol/control";
import type { Station } from "@stationkit/station-admin";

/** What Memphis knows of a station beside what its streams say. */
export interface StationState {
  /**
   * The `id` of the station it is about: a station that was destroyed and made again by other means does not inherit it. Empty when the
   * request that made the station wrote this, and did not live to see which station came of it: then it is about whichever is there.
   */
  readonly stationId: string;
  readonly dls: DlsConfiguration;
  readonly schema: AttachedSchema | undefined;
}

/** A schema that a station has. */
interface AttachedSchema {
  readonly name: string;
  /** The version that was active when it was attached; SDKs are told the one that is active now. */
  readonly version: number;
}

/** Of a station that came into being when first used, or was made by other means. @see memphis-protocol.md section 11 */
const DLS_DEFAULT: DlsConfiguration = Object.freeze({ poison: true, schemaverse: true });

/** @returns undefined for what is no state. */
export function parseStationState(value: unknown): StationState | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { stationId, dls, schema } = value as Partial<StationState>;
  if (typeof stationId !== "string") return undefined;
  return {
    stationId,
    dls: { poison: dls?.poison ?? DLS_DEFAULT.poison, schemaverse: dls?.schemaverse ?? DLS_DEFAULT.schemaverse },
    schema: schema === undefined ? undefined : { name: schema.name, version: schema.version },
  };
}

/** What a station that nobody has said anything about has. */
export function defaultState(station: Pick<Station, "id">): StationState {
  return { stationId: stationIdOf(station), dls: DLS_DEFAULT, schema: undefined };
}

/** Whether a state is about this station, not about one before it. */
export function isAbout(state: StationState, station: Pick<Station, "id">): boolean {
  return state.stationId === "" || state.stationId === stationIdOf(station);
}

/** A station of other tools has no id; `-` is none that can be. */
export function stationIdOf({ id }: Pick<Station, "id">): string {
  return id ?? "-";
}

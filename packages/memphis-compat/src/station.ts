import { parseStationName, type StationName, toInternalName } from "@stationkit/core-protocol";

/** A station that is there; made by `memphis.station()`. */
export class Station {
  /** Lower-cased. */
  readonly name: string;
  /** As it stands in streams and subjects: `#` for each dot. */
  readonly internalName: string;
  readonly #destroy: (name: StationName, timeoutRetry: number | undefined) => Promise<void>;

  /** @internal */
  constructor(name: string, destroy: (name: StationName, timeoutRetry: number | undefined) => Promise<void>) {
    const parsed = parseStationName(name);
    this.name = parsed;
    this.internalName = toInternalName(parsed);
    this.#destroy = destroy;
  }

  /**
   * Deletes the station with all its messages; one that is gone already is no error. This connection's producers and consumers of it end.
   * @param timeoutRetry - how often to ask again when there is no answer for 20 seconds, default 5.
   */
  destroy(timeoutRetry?: number): Promise<void> {
    return this.#destroy(parseStationName(this.name), timeoutRetry);
  }
}

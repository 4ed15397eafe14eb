import { toStationkitError } from "@stationkit/core-protocol";
import { MultiStationError, type PubAck, type StationFailure } from "@stationkit/producer";
import type { ResolvedProduce } from "./produce-options.js";
import type { Producer, ProduceTarget } from "./producer.js";

/** The producers of several stations, by the stations' names. */
export interface StationProducers {
  /** Declared when it is first needed, as in memphis-dev. */
  get(stationName: string): Promise<Producer>;
  /** Those that were declared so far. */
  declared(): readonly Producer[];
}

/** Sends each message to several stations at once. */
export class ManyStationsTarget implements ProduceTarget {
  readonly #stationNames: readonly string[];
  readonly #producers: StationProducers;

  constructor(stationNames: readonly string[], producers: StationProducers) {
    this.#stationNames = [...stationNames];
    this.#producers = producers;
  }

  /** @throws {MultiStationError} when it failed at some: says which, and where it is stored. */
  async send(request: ResolvedProduce): Promise<readonly PubAck[]> {
    const sent = await Promise.allSettled(
      this.#stationNames.map(async (name) => (await this.#producers.get(name)).send(request)),
    );
    const acks = sent.flatMap((one) => (one.status === "fulfilled" ? (one.value ?? []) : []));
    const failures = sent.flatMap((one, index): StationFailure[] => {
      if (one.status === "fulfilled") return [];
      return [{ station: this.#stationNames[index] ?? "", error: toStationkitError(one.reason) }];
    });
    if (failures.length > 0) throw new MultiStationError(acks, failures);
    return acks;
  }

  async close(): Promise<void> {
    await Promise.all(this.#producers.declared().map((producer) => producer.destroy()));
  }
}

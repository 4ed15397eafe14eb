import type { Station, StationDescription } from "@stationkit/station-admin";
import { expect } from "vitest";
import type { Broker } from "./broker.js";

/** Partition streams 1..N, no others, all with the same configuration; as the broker itself tells it. */
export async function expectWhole(broker: Broker, name: string): Promise<StationDescription> {
  const description = await broker.admin.describe(name);
  const internal = name.replaceAll(".", "#");
  expect(description.partitions.map((partition) => partition.state)).toEqual(description.partitions.map(() => "ready"));
  const streams = description.partitions.map((partition) => `${internal}$${partition.number}`);
  expect(await broker.streamsOf(name)).toEqual([...streams].sort());
  const configs = await Promise.all(
    streams.map(async (stream) => comparable((await broker.api(`STREAM.INFO.${stream}`)).config)),
  );
  for (const config of configs) expect(config).toEqual(configs[0]);
  return description;
}

function comparable(config: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const metadata = Object.entries((config["metadata"] ?? {}) as Readonly<Record<string, string>>);
  // The count stands in every partition's record as it was when that was written; only partition 1's counts.
  const record = Object.fromEntries(metadata.filter(([key]) => key !== "stationkit.partitions"));
  return { ...config, name: "", subjects: [], metadata: record };
}

/** What of a station clients must agree upon. */
export function agreed(station: Station | StationDescription): unknown {
  return { id: station.id, settings: station.settings, partitions: station.partitions.length };
}

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { InputRecord } from "../input/input-item.js";

/** One US flight of 2001. */
interface Flight {
  readonly date: string;
  /** Minutes; negative when it was early. */
  readonly delay: number;
  /** Miles. */
  readonly distance: number;
  /** Airport code. */
  readonly origin: string;
  readonly destination: string;
}

/** The 20,000 flights of the npm package vega-datasets, as records that are keyed by their origin. */
export async function readFlights(): Promise<readonly InputRecord[]> {
  const path = fileURLToPath(import.meta.resolve("vega-datasets/data/flights-20k.json"));
  const flights = JSON.parse(await readFile(path, "utf8")) as Flight[];
  return flights.map((flight, index) => ({
    type: "record",
    line: index + 1,
    payload: Buffer.from(JSON.stringify(flight)),
    key: flight.origin,
  }));
}

import { parseStationName } from "@stationkit/core-protocol";
import { expect, it } from "vitest";
import { partitionNumbers, type Station } from "./station.js";
import { eventsBetween } from "./station-events.js";
import { resolveStationOptions } from "./station-request.js";

const name = parseStationName("orders");

function station(id: string | undefined, count: number, discard: "old" | "new" = "old"): Station {
  const settings = { ...resolveStationOptions("test", { name, discard }).settings, replicas: 1 };
  return { name, id, partitions: partitionNumbers(count), settings };
}

it.each<[string, Station | undefined, Station | undefined, string[]]>([
  ["nothing, still", undefined, undefined, []],
  ["a new station", undefined, station("a", 1), ["created"]],
  ["one that is gone", station("a", 1), undefined, ["destroyed"]],
  ["the same", station("a", 2), station("a", 2), []],
  ["more partitions", station("a", 2), station("a", 3), ["changed"]],
  ["other settings", station("a", 2), station("a", 2, "new"), ["changed"]],
  ["another station of the same form", station("a", 2), station("b", 2), ["destroyed", "created"]],
  ["a record for streams of another tool", station(undefined, 2), station("b", 2), ["changed"]],
  ["fewer streams of another tool", station(undefined, 2), station(undefined, 1), ["destroyed", "created"]],
  ["more streams of another tool", station(undefined, 2), station(undefined, 3), ["changed"]],
])("%s", (_case, before, now, types) => {
  expect(eventsBetween(name, before, now).map((event) => event.type)).toEqual(types);
});

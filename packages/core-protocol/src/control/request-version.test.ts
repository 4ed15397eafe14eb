import { expect, test } from "vitest";
import {
  autoCreatesStation,
  destroysByConnection,
  hasStationFunctions,
  identifiesApp,
  mayUsePartitions,
} from "./request-version.js";

test.each([
  [0, false, false, false],
  [1, false, false, true],
  [2, true, false, true],
  [3, true, false, true],
  [4, true, true, true],
  [5, true, true, true],
])(
  "version %d: partitions and auto-creation %s, app id %s, own connection %s",
  (version, partitions, app, connection) => {
    expect(mayUsePartitions(version)).toBe(partitions);
    expect(autoCreatesStation(version)).toBe(partitions);
    expect(identifiesApp(version)).toBe(app);
    expect(destroysByConnection(version)).toBe(connection);
  },
);

test("functions are listened for from station version 2", () => {
  expect([0, 1, 2, 3].map(hasStationFunctions)).toEqual([false, false, true, true]);
});

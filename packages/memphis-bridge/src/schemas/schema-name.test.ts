import { BrokerError } from "@stationkit/core-protocol";
import { expect, it } from "vitest";
import { requireSchemaName } from "./schema-name.js";

it.each([
  ["a", "a"],
  ["Sensor-Logs_1.0", "sensor-logs_1.0"],
  ["x".repeat(128), "x".repeat(128)],
])("the schema name %j is taken as %j", (name, taken) => {
  expect(requireSchemaName(name)).toBe(taken);
});

it.each(["", "a b", "-a", "a-", "a>", "ä", "x".repeat(129)])("the schema name %j is refused", (name) => {
  expect(() => requireSchemaName(name)).toThrow(BrokerError);
});

import { PermissionDeniedError } from "@stationkit/core-protocol";
import { afterEach, expect, it, vi } from "vitest";
import { Log } from "./log.js";

afterEach(() => {
  vi.restoreAllMocks();
});

it("tells what the server refused, also when it is to be quiet", () => {
  const written: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  const error = new PermissionDeniedError("publish", "$memphis_schema_updates_orders");
  new Log(true).status({ type: "error", error });
  expect(written).toEqual([`memphis-bridge: ${error.message}\n`]);
});

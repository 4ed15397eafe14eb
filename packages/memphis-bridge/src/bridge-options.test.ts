import { expect, it } from "vitest";
import { BRIDGE_DEFAULTS, resolveBridgeOptions } from "./bridge-options.js";

it("what is left out, or undefined, has its default", () => {
  const resolved = { ...BRIDGE_DEFAULTS, replicas: undefined };
  expect(resolveBridgeOptions({})).toEqual(resolved);
  const nothing = Object.fromEntries(Object.keys(BRIDGE_DEFAULTS).map((key) => [key, undefined]));
  expect(resolveBridgeOptions(nothing)).toEqual(resolved);
});

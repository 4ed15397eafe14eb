import { describe, expect, it } from "vitest";
import { InvalidOptionsError } from "../errors.js";
import { releaseFor } from "./known-releases.js";
import {
  compareVersions,
  describeWish,
  parseVersionWish,
  satisfies,
  tryParseVersion,
  type Version,
} from "./version.js";

describe("reading a version", () => {
  it.each<[string, Version | undefined]>([
    ["nats-server: v2.15.1\n", [2, 15, 1]],
    ["nats-server: v2.11.0-RC.1", [2, 11, 0]],
    ["2.10.27-1+b2", [2, 10, 27]],
    ["2.10", undefined],
    ["no version here", undefined],
    ["10.0.0.1", [10, 0, 0]],
  ])("of %j", (text, version) => {
    expect(tryParseVersion(text)).toEqual(version);
  });

  it("orders by number, not by text", () => {
    expect(compareVersions([2, 9, 25], [2, 10, 0])).toBeLessThan(0);
    expect(compareVersions([2, 10, 9], [2, 10, 27])).toBeLessThan(0);
    expect(compareVersions([2, 10, 27], [2, 10, 27])).toBe(0);
  });
});

describe("a wish", () => {
  it.each([
    [undefined, "2.10.0 or newer", ["2.10.0", "2.15.1", "3.0.0"], ["2.9.25"]],
    ["", "2.10.0 or newer", ["2.10.0"], ["2.9.25"]],
    ["2.10", "2.10.x", ["2.10.0", "2.10.27"], ["2.11.0", "2.1.0"]],
    ["v2.15.1", "2.15.1", ["2.15.1"], ["2.15.2", "2.15.0"]],
  ])("of %j means %s", (text, meaning, fitting, unfitting) => {
    const wish = parseVersionWish(text, "version");
    expect(describeWish(wish)).toBe(meaning);
    expect(fitting.filter((version) => satisfies(tryParseVersion(version)!, wish))).toEqual(fitting);
    expect(unfitting.filter((version) => satisfies(tryParseVersion(version)!, wish))).toEqual([]);
  });

  it.each(["latest", "2", "2.x", ">=2.10", "2.9", "2.9.25", "1.0.0"])("refuses %j", (text) => {
    expect(() => parseVersionWish(text, "version")).toThrow(InvalidOptionsError);
  });

  it("leads to an exact release: the newest known, that of the line, or itself", () => {
    expect(releaseFor({ kind: "any" })).toEqual([2, 15, 1]);
    expect(releaseFor({ kind: "line", major: 2, minor: 10 })).toEqual([2, 10, 27]);
    expect(releaseFor({ kind: "line", major: 2, minor: 77 })).toBeUndefined();
    expect(releaseFor({ kind: "exact", version: [2, 12, 3] })).toEqual([2, 12, 3]);
  });
});

import { describe, expect, it } from "vitest";
import { UsageError } from "./errors/usage-errors.js";
import { requireDurationMs, requireInteger, requireKnownKeys, requireTypes } from "./validation.js";

describe("requireKnownKeys", () => {
  const known = new Set(["a", "b"]);

  it("lets known keys pass, also when they are undefined", () => {
    expect(() => {
      requireKnownKeys("call", { a: 1, b: undefined }, known);
    }).not.toThrow();
  });

  it("names the call and every unknown key", () => {
    expect(() => {
      requireKnownKeys("call", { a: 1, x: 1, y: 2 }, known);
    }).toThrow("call: unknown option x, y");
  });

  it.each(["stationname", "station_name", "Station-Name"])("knows that %s is another spelling", (key) => {
    expect(() => {
      requireKnownKeys("call", { [key]: 1, y: 2 }, new Set(["a", "stationName"]));
    }).toThrow(`call: unknown option ${key} (did you mean stationName?), y`);
  });

  it.each([null, undefined, "text", 7, [], () => 1])("refuses options that are no object: %o", (options) => {
    expect(() => {
      requireKnownKeys("call", options as never, known);
    }).toThrow("call: options must be an object");
  });
});

describe("requireTypes", () => {
  const types = { flag: "boolean", secret: "string", name: "text", call: "function", bag: "object" } as const;

  it("lets the right types and undefined pass", () => {
    expect(() => {
      requireTypes({ flag: false, secret: "", name: "x", call: () => 1, bag: {}, other: 1 }, types);
      requireTypes({ flag: undefined }, types);
    }).not.toThrow();
  });

  it.each([
    [{ flag: 1 }, "flag must be a boolean, not a number"],
    [{ name: null }, "name must be a string, not null"],
    [{ name: "" }, "name must not be empty"],
    [{ call: {} }, "call must be a function, not a object"],
    [{ bag: null }, "bag must be a object, not null"],
  ])("refuses %o", (options, message) => {
    expect(() => {
      requireTypes(options, types);
    }).toThrow(message);
  });

  it("never shows a value, which may be a secret", () => {
    expect(() => {
      requireTypes({ secret: 12345678 }, types);
    }).toThrow(/^secret must be a string, not a number$/);
  });
});

describe("requireInteger", () => {
  it.each([1, 2, 3])("returns %i when it is in the range, ends included", (value) => {
    expect(requireInteger("n", value, { min: 1, max: 3 })).toBe(value);
  });

  it.each([0, 4, -1, 1.5, NaN, Infinity, "2", null, undefined, 2n, {}, Object.create(null), Symbol("x")])(
    "refuses %o",
    (value) => {
      expect(() => requireInteger("n", value, { min: 1, max: 3 })).toThrow(UsageError);
      expect(() => requireInteger("n", value, { min: 1, max: 3 })).toThrow("n must be an integer from 1 to 3");
    },
  );

  it("has no upper end but that of safe integers when none is given", () => {
    expect(requireInteger("n", Number.MAX_SAFE_INTEGER, { min: 1 })).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => requireInteger("n", Number.MAX_SAFE_INTEGER + 1, { min: 1 })).toThrow("at least 1");
  });
});

describe("requireDurationMs", () => {
  it("allows what a Node timer can wait", () => {
    expect(requireDurationMs("t", 1)).toBe(1);
    expect(requireDurationMs("t", 2_147_483_647)).toBe(2_147_483_647);
  });

  it.each([0, 0.5, -1, 2_147_483_648, NaN])("refuses %s", (value) => {
    expect(() => requireDurationMs("t", value)).toThrow(UsageError);
  });
});

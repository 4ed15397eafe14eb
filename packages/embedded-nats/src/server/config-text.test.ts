import { describe, expect, it } from "vitest";
import { InvalidOptionsError } from "../errors.js";
import { formatConfig, mergeConfig, type ConfigObject } from "./config-text.js";

describe("writing a configuration", () => {
  it("quotes keys and strings and writes blocks and lists", () => {
    const config = { a: "x", "b.*": [1, -2.5, true, "y"], c: { d: {}, e: [] }, f: [{ g: false }] };
    expect(formatConfig(config)).toBe(
      '"a": "x"\n"b.*": [1, -2.5, true, "y"]\n"c": {"d": {}, "e": []}\n"f": [{"g": false}]\n',
    );
  });

  it("escapes only in the ways that nats-server reads", () => {
    expect(formatConfig({ a: '"\\\n\r\t\b\u0000\u007f€$X' })).toBe('"a": "\\"\\\\\\n\\r\\t\\x08\\x00\\x7f€$X"\n');
  });

  it.each([
    ["NaN", { a: Number.NaN }],
    ["infinity", { a: [Infinity] }],
    ["an exponent", { a: { b: 1e21 } }],
    ["null", { a: null }],
    ["undefined", { a: undefined }],
    ["a function", { a: () => 1 }],
    ["a quote in a key", { 'a"b': 1 }],
    ["an empty key", { "": 1 }],
  ])("refuses %s, with the path", (_name, config) => {
    expect(() => formatConfig(config as unknown as ConfigObject)).toThrow(InvalidOptionsError);
    expect(() => formatConfig(config as unknown as ConfigObject)).toThrow(/^config/);
  });
});

it("merging goes into blocks and replaces everything else", () => {
  const base = { a: 1, block: { x: 1, y: [1, 2] }, list: [1] };
  expect(mergeConfig(base, { a: 2, block: { y: [3], z: { w: 1 } }, list: [] })).toEqual({
    a: 2,
    block: { x: 1, y: [3], z: { w: 1 } },
    list: [],
  });
  expect(base.block.y).toEqual([1, 2]);
});

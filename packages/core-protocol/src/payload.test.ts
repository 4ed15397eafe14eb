import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { UsageError } from "./errors/usage-errors.js";
import { encodePayload } from "./payload.js";

const text = (message: unknown): string => new TextDecoder().decode(encodePayload(message));

describe("encodePayload", () => {
  it("takes bytes as they are, without a copy", () => {
    for (const bytes of [Buffer.from("hi"), new Uint8Array([0, 255]), new Uint8Array(0)]) {
      expect(encodePayload(bytes)).toBe(bytes);
    }
  });

  it("takes the part that a view shows, not the buffer behind it", () => {
    const whole = new Uint8Array([1, 2, 3, 4, 5]);
    expect([...encodePayload(whole.subarray(1, 3))]).toEqual([2, 3]);
  });

  it("takes bytes of another realm as bytes", () => {
    expect([...encodePayload(runInNewContext("new Uint8Array([1, 2])"))]).toEqual([1, 2]);
  });

  it("writes text as UTF-8, not as JSON", () => {
    expect(text("größe 日本 😀")).toBe("größe 日本 😀");
    expect(encodePayload("")).toHaveLength(0);
  });

  it("writes a lone surrogate as U+FFFD in text, and escaped in JSON", () => {
    expect([...encodePayload("a\ud800")]).toEqual([0x61, 0xef, 0xbf, 0xbd]);
    expect(text({ a: "\ud800" })).toBe(String.raw`{"a":"\ud800"}`);
  });

  it.each([
    [{ id: 1, gone: undefined, call: () => 1 }, '{"id":1}'],
    [[1, "a", null, undefined], '[1,"a",null,null]'],
    [0, "0"],
    [-1.5, "-1.5"],
    [true, "true"],
    [false, "false"],
    [null, "null"],
    [{}, "{}"],
    [[], "[]"],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [{ toJSON: () => ({ a: 1 }) }, '{"a":1}'],
    [Object.create(null), "{}"],
  ])("writes %o as JSON", (message, json) => {
    expect(text(message)).toBe(json);
  });

  const circular: { self?: unknown } = {};
  circular.self = circular;

  it.each([
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("x")],
    ["a BigInt", 1n],
    ["a nested BigInt", { a: [1n] }],
    ["a circle", circular],
    ["NaN", NaN],
    ["Infinity", Infinity],
    ["-Infinity", -Infinity],
    ["an ArrayBuffer", new ArrayBuffer(2)],
    ["a SharedArrayBuffer", new SharedArrayBuffer(2)],
    ["a Float32Array", new Float32Array(2)],
    ["a Uint16Array", new Uint16Array(2)],
    ["a DataView", new DataView(new ArrayBuffer(2))],
    ["a Map", new Map([["a", 1]])],
    ["a Set", new Set([1])],
    ["a promise", Promise.resolve({ a: 1 })],
    ["something whose toJSON gives undefined", { toJSON: () => undefined }],
    ["something whose toJSON throws", thrower()],
  ])("refuses %s", (_name, message) => {
    expect(() => encodePayload(message)).toThrow(UsageError);
  });

  it("says why, and keeps the cause", () => {
    expect(() => encodePayload(new Map())).toThrow(/Map or Set is an empty object in JSON/);
    expect(() => encodePayload(new Float32Array(1))).toThrow(/wrap/);
    expect(() => encodePayload(thrower())).toThrow(expect.objectContaining({ cause: new Error("no") }) as Error);
  });
});

function thrower(): object {
  return {
    toJSON() {
      throw new Error("no");
    },
  };
}

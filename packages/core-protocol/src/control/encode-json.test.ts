import { expect, test } from "vitest";
import { UsageError } from "../errors/usage-errors.js";
import { encodeJson, type WireValue } from "./encode-json.js";

test("keys keep the order given and text is UTF-8", () => {
  expect(Buffer.from(encodeJson({ b: 1, a: "日", c: null, d: [true] })).toString()).toBe(
    '{"b":1,"a":"日","c":null,"d":[true]}',
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1.5, 2 ** 53])("the number %d is refused, also inside", (number) => {
  expect(() => encodeJson({ a: { b: number } })).toThrow(UsageError);
});

test("a missing field is refused: JSON would drop it", () => {
  expect(() => encodeJson({ a: undefined as unknown as WireValue })).toThrow(/a is missing/);
});

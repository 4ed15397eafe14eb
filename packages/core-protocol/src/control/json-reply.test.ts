import { expect, test } from "vitest";
import { decodeErrorReply, encodeErrorReply } from "./json-reply.js";

const read = (text: string) => decodeErrorReply(Buffer.from(text)).error;

test("the answer to a schema creation always has its error key", () => {
  expect(Buffer.from(encodeErrorReply({ error: "" })).toString()).toBe('{"error":""}');
  expect(Buffer.from(encodeErrorReply({ error: "a" })).toString()).toBe('{"error":"a"}');
});

test("an empty, missing or null error is ok, and so is no answer text", () => {
  for (const text of ['{"error":""}', '{"error":null}', "{}", ""]) expect(read(text)).toBe("");
});

test("what is no JSON object is the error as a whole", () => {
  for (const text of ["schema s already exists", "[]", "null", '{"error":"cut']) expect(read(text)).toBe(text);
  expect(read('{"error":"schema s already exists"}')).toBe("schema s already exists");
});

test("an error of another type leaves the outcome unknown", () => {
  expect(() => read('{"error":1}')).toThrow(expect.objectContaining({ outcome: "unknown", field: "error" }) as Error);
});

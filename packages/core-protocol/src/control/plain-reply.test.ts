import { expect, test } from "vitest";
import { decodePlainReply, encodePlainReply } from "./plain-reply.js";

const read = (text: string) => decodePlainReply(Buffer.from(text)).error;

test("no bytes are ok, and ok is no bytes", () => {
  expect(encodePlainReply({ error: "" })).toHaveLength(0);
  expect(decodePlainReply(new Uint8Array())).toEqual({ error: "" });
});

test("any text is the error, as it stands", () => {
  expect(Buffer.from(encodePlainReply({ error: "Station orders does not exist" })).toString()).toBe(
    "Station orders does not exist",
  );
  for (const text of ["Station é does not exist", " ", "null", "0", "[]", '"x"', "{", '{"message":"x"}']) {
    expect(read(text)).toBe(text);
  }
});

test("the JSON form is taken as well", () => {
  expect(read('{"error":""}')).toBe("");
  expect(read('{"error":"no"}')).toBe("no");
  expect(read('{"Error":"no","x":1}')).toBe("no");
  expect(() => read('{"error":{}}')).toThrow(/malformed plain reply/);
});

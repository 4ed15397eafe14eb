import { expect, test } from "vitest";
import { UsageError } from "../errors/usage-errors.js";
import { encodeConnectionName, parseConnectionName } from "./connection-name.js";
import { MalformedMessageError } from "./malformed-message-error.js";

const id = "3f0c9bb4-7a0b-4d65-9a0e-0c6f3c0b8f11";

test("a Memphis client's name is its id and its username", () => {
  expect(encodeConnectionName(id, "root")).toBe(`${id}::root`);
  expect(parseConnectionName(`${id}::root`)).toEqual({ type: "native", connectionId: id, username: "root" });
});

test("the username is lower-cased, as a broker keeps it", () => {
  expect(parseConnectionName(`${id}::Root`)).toMatchObject({ username: "root" });
});

test.each(["", "NATS CLI Version 0.1", "a:b"])("the name %j is that of a plain NATS client", (name) => {
  expect(parseConnectionName(name)).toEqual({ type: "plain", name });
});

test("empty parts still make a native client", () => {
  expect(parseConnectionName("::")).toEqual({ type: "native", connectionId: "", username: "" });
});

test.each(["a::b::c", "a::::b"])("the name %j with three parts is refused", (name) => {
  expect(() => parseConnectionName(name)).toThrow(MalformedMessageError);
});

test.each([
  ["", "root"],
  ["id", ""],
  ["id", "a::b"],
  ["i::d", "a"],
  ["id:", "a"],
])("id %j and username %j, which would not read back, are refused", (connectionId, username) => {
  expect(() => encodeConnectionName(connectionId, username)).toThrow(UsageError);
});

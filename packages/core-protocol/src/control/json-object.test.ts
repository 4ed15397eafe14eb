import { describe, expect, test } from "vitest";
import { JsonObject } from "./json-object.js";
import { MalformedMessageError } from "./malformed-message-error.js";

const context = { messageKind: "test request", outcome: "rejected" } as const;
const read = (text: string) => JsonObject.parse(Buffer.from(text), context);

describe("a body is read as Go reads it", () => {
  test("unknown fields are ignored and missing ones are zero", () => {
    const body = read('{"other":[1,{}]}');
    expect(body.string("a")).toBe("");
    expect(body.integer("a")).toBe(0);
    expect(body.unsigned("a")).toBe(0);
    expect(body.boolean("a")).toBe(false);
    expect(body.integers("a")).toEqual([]);
    expect(body.strings("a")).toEqual({});
    expect(body.integerMap("a").size).toBe(0);
    expect(body.object("a").object("b").string("c")).toBe("");
    expect(body.raw("a")).toBeUndefined();
    expect(body.has("a")).toBe(false);
  });

  test("null fields are zero, and a null body has no fields", () => {
    const body = read('{"a":null}');
    expect(body.string("a")).toBe("");
    expect(body.integer("a")).toBe(0);
    expect(body.boolean("a")).toBe(false);
    expect(body.integers("a")).toEqual([]);
    expect(body.object("a").string("b")).toBe("");
    expect(body.has("a")).toBe(true);
    expect(read("null").string("a")).toBe("");
  });

  test("keys match in any case of letters, and the last one wins", () => {
    expect(read('{"Station_NAME":"x"}').string("station_name")).toBe("x");
    expect(read('{"updatetype":2}').integer("UpdateType")).toBe(2);
    expect(read('{"name":"a","NAME":"b"}').string("name")).toBe("b");
  });

  test("keys of maps keep their spelling, whatever they are", () => {
    expect(Object.entries(read('{"h":{"A":"1","a":"2","__proto__":"3","n":null}}').strings("h"))).toEqual([
      ["A", "1"],
      ["a", "2"],
      ["__proto__", "3"],
      ["n", ""],
    ]);
  });

  test("bytes that are no UTF-8 become the replacement character", () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect(JsonObject.parse(bytes, context).string("a")).toBe("\uFFFD");
  });
});

test.each(["", "{", "text", '\uFEFF{"a":1}', "{'a':1}"])("the body %j is refused for not being JSON", (text) => {
  expect(() => read(text)).toThrow(/^malformed test request: is not JSON$/);
});

test.each(["[]", '"x"', "1", "true"])("the body %j is refused for not being an object", (text) => {
  expect(() => read(text)).toThrow(/not an object/);
});

test.each<[string, (body: JsonObject) => unknown, string]>([
  ['{"a":1}', (body) => body.string("a"), 'field "a" must be a string, not a number'],
  ['{"a":["x"]}', (body) => body.string("a"), 'field "a" must be a string, not a list'],
  ['{"a":"1"}', (body) => body.integer("a"), 'field "a" must be an integer, not a string'],
  ['{"a":1.5}', (body) => body.integer("a"), 'field "a" must be an integer of at most 53 bits'],
  ['{"a":1e300}', (body) => body.integer("a"), 'field "a" must be an integer of at most 53 bits'],
  ['{"a":9007199254740993}', (body) => body.integer("a"), 'field "a" must be an integer of at most 53 bits'],
  ['{"a":-1}', (body) => body.unsigned("a"), 'field "a" must not be negative'],
  ['{"a":"true"}', (body) => body.boolean("a"), 'field "a" must be a boolean, not a string'],
  ['{"a":[]}', (body) => body.object("a"), 'field "a" must be an object, not a list'],
  ['{"a":{"b":1}}', (body) => body.object("a").string("b"), 'field "a.b" must be a string, not a number'],
  ['{"a":{}}', (body) => body.integers("a"), 'field "a" must be a list, not an object'],
  ['{"a":[1,"2"]}', (body) => body.integers("a"), 'field "a[1]" must be an integer, not a string'],
  ['{"a":[null]}', (body) => body.integers("a"), 'field "a[0]" must be an integer, not null'],
  ['{"a":{"k":1}}', (body) => body.strings("a"), 'field "a.k" must be a string, not a number'],
  ['{"a":"x"}', (body) => body.strings("a"), 'field "a" must be an object, not a string'],
  ['{"a":{"x":1}}', (body) => body.integerMap("a"), 'field "a" has the key "x", which is no integer'],
  ['{"a":{"1":"x"}}', (body) => body.integerMap("a"), 'field "a.1" must be an integer, not a string'],
])("%s is refused, naming the field", (text, pick, message) => {
  expect(() => pick(read(text))).toThrow(`malformed test request: ${message}`);
});

test("an error says whose message it was, which field, and what became of it", () => {
  const error = catchError(() => read('{"a":{"b":1}}').object("a").string("b"));
  expect(error).toBeInstanceOf(MalformedMessageError);
  expect(error).toMatchObject({
    name: "MalformedMessageError",
    code: "SK_MALFORMED_MESSAGE",
    retryable: false,
    outcome: "rejected",
    messageKind: "test request",
    field: "a.b",
  });
  expect(catchError(() => read("x"))).toMatchObject({ field: undefined, cause: expect.any(SyntaxError) as unknown });
});

function catchError(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

import { Buffer } from "node:buffer";
import type { StationSchema } from "@stationkit/core-protocol/control";
import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import { SchemaUnusableError, SchemaValidationError } from "../errors.js";
import { compileFormat, type StationFormat } from "./station-format.js";

function compile(schemaType: string, content: unknown, messageStructName = ""): Promise<StationFormat> {
  const schemaContent = typeof content === "string" ? content : JSON.stringify(content);
  const schema: StationSchema = {
    ...{ schemaName: "s", schemaType, versionNumber: 1, descriptor: "", schemaContent, messageStructName },
  };
  return compileFormat("orders", schema);
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** @returns why a message was refused. */
function refusal(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    expect(error).toBeInstanceOf(SchemaValidationError);
    expect(error).toMatchObject({ code: "SK_SCHEMA_VALIDATION", station: "orders", schemaName: "s" });
    return (error as Error).message;
  }
  throw new Error("the message was expected to be refused");
}

describe("a JSON schema", () => {
  const content = {
    type: "object",
    properties: { id: { type: "integer" }, at: { type: "string", format: "date-time" } },
    required: ["id"],
  };

  it("lets objects and JSON bytes pass, and sends them as JSON", async () => {
    const format = await compile("json", content);
    expect(text(format.encode({ id: 1, at: new Date(0), left: undefined }))).toBe(
      '{"id":1,"at":"1970-01-01T00:00:00.000Z"}',
    );
    const bytes = Buffer.from('{ "id": 2 }');
    expect(format.encode(bytes)).toBe(bytes);
    expect(format.decode(bytes)).toEqual({ id: 2 });
  });

  it("says everything that is wrong with a message", async () => {
    const format = await compile("json", content);
    expect(refusal(() => format.encode({ id: "x", at: "soon" }))).toBe(
      'Schema validation has failed: /id must be integer; /at must match format "date-time"',
    );
    expect(refusal(() => format.encode({}))).toMatch("the message must have required property 'id'");
    expect(refusal(() => format.encode(Buffer.from("{")))).toMatch("expected JSON");
    expect(refusal(() => format.encode(Buffer.from([0xff])))).toMatch("expected text in UTF-8");
    expect(refusal(() => format.encode("text"))).toMatch("expected an object, or JSON as bytes, not a string");
    expect(refusal(() => format.decode(Buffer.from("{}")))).toMatch("required");
  });

  it.each([
    ["draft-04", "http://json-schema.org/draft-04/schema#", { exclusiveMinimum: true, minimum: 3 }],
    ["draft-06", "http://json-schema.org/draft-06/schema#", { exclusiveMinimum: 3 }],
    ["draft-07", "http://json-schema.org/draft-07/schema#", { if: { maximum: 3 }, then: false }],
    ["2019-09", "https://json-schema.org/draft/2019-09/schema", { exclusiveMinimum: 3 }],
    ["2020-12", "https://json-schema.org/draft/2020-12/schema", { exclusiveMinimum: 3 }],
  ])("is read as the draft that it names: %s", async (_draft, $schema, rule) => {
    const format = await compile("json", { $schema, type: "object", properties: { n: rule } });
    expect(text(format.encode({ n: 4 }))).toBe('{"n":4}');
    refusal(() => format.encode({ n: 3 }));
  });

  it("may have words that its draft does not know", async () => {
    const format = await compile("json", { type: "object", "x-owner": "me", properties: { a: { format: "odd" } } });
    expect(text(format.encode({ a: "b" }))).toBe('{"a":"b"}');
  });
});

describe("an Avro schema", () => {
  const content = {
    ...{ type: "record", name: "order" },
    fields: [
      { name: "id", type: "long" },
      { name: "note", type: ["null", "string"], default: null },
    ],
  };

  it("lets a union's value pass bare and under its branch's name, and sends JSON", async () => {
    const format = await compile("avro", content);
    for (const message of [
      { id: 1, note: "n" },
      { id: 1, note: { string: "n" } },
      { id: 1, note: null },
    ]) {
      expect(text(format.encode(message))).toBe(JSON.stringify(message));
      expect(format.decode(Buffer.from(JSON.stringify(message)))).toEqual(message);
    }
  });

  it("says where a message is not of the schema", async () => {
    const format = await compile("avro", content);
    expect(refusal(() => format.encode({ id: "1", note: 2 }))).toMatch(/id.*: not of the schema's type/);
    expect(refusal(() => format.encode(Buffer.from("no")))).toMatch("expected JSON");
    expect(refusal(() => format.encode(1))).toMatch("not a number");
  });
});

describe("a Protobuf schema", () => {
  const content = `
    syntax = "proto3";
    package shop;
    import "google/protobuf/timestamp.proto";
    message Order { int32 order_id = 1; google.protobuf.Timestamp at = 2; }
    message Other { string a = 1; }
  `;

  it("encodes objects by their camelCase fields, and lets encoded bytes pass", async () => {
    const format = await compile("protobuf", content, "Order");
    const bytes = format.encode({ orderId: 7, at: { seconds: 5 } });
    expect([...bytes]).toEqual([8, 7, 18, 2, 8, 5]);
    expect(format.encode(bytes)).toBe(bytes);
    expect(format.decode(bytes)).toMatchObject({ orderId: 7 });
  });

  it("takes the first message where none is named", async () => {
    expect((await compile("protobuf", content)).decode(Buffer.from([8, 7]))).toMatchObject({ orderId: 7 });
  });

  it("says what is wrong with a message", async () => {
    const format = await compile("protobuf", content, "Order");
    expect(refusal(() => format.encode({ orderId: "seven" }))).toMatch("orderId: integer expected");
    expect(refusal(() => format.encode(Buffer.from([255])))).toMatch("Schema validation has failed: ");
    expect(refusal(() => format.encode("text"))).toMatch("expected an object, or its encoding");
  });

  it("cannot be used when it needs other files", async () => {
    await expect(compile("protobuf", 'syntax = "proto3"; import "mine.proto"; message A {}')).rejects.toThrow(
      "it imports mine.proto, and a schema is one file",
    );
  });
});

describe("a GraphQL schema", () => {
  const content = "type Query { order(id: Int!): String }";

  it("lets queries pass as text, bytes and documents", async () => {
    const format = await compile("graphql", content);
    const query = "query { order(id: 1) }";
    expect(text(format.encode(query))).toBe(query);
    expect(text(format.encode(Buffer.from(query)))).toBe(query);
    expect(text(format.encode(parse(query)))).toBe(query);
    expect(text(format.encode(parse(query, { noLocation: true })))).toMatch(/order\(id: 1\)/);
    expect(format.decode(Buffer.from(query))).toBe(query);
  });

  it("says what is wrong with a message", async () => {
    const format = await compile("graphql", content);
    expect(refusal(() => format.encode("query { nothing }"))).toMatch('Cannot query field "nothing"');
    expect(refusal(() => format.encode("query {"))).toMatch("Syntax Error");
    expect(refusal(() => format.encode({ a: 1 }))).toMatch("expected a query as text, bytes or document");
  });
});

describe("a schema that cannot be used", () => {
  it.each([
    ["json", "{"],
    ["avro", '{"type":"nothing"}'],
    ["protobuf", "message"],
    ["graphql", "type"],
    ["xml", "<a/>"],
  ])("says so, and which it is: %s", async (schemaType, content) => {
    const error = await compile(schemaType, content).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SchemaUnusableError);
    expect(error).toMatchObject({ code: "SK_SCHEMA_UNUSABLE", schemaType, schemaName: "s", station: "orders" });
  });
});

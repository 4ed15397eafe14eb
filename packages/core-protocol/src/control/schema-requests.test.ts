import { expect, test } from "vitest";
import { MalformedMessageError } from "./malformed-message-error.js";
import {
  decodeSchemaAttachment,
  decodeSchemaCreation,
  decodeSchemaDetachment,
  encodeSchemaAttachment,
  encodeSchemaCreation,
  encodeSchemaDetachment,
} from "./schema-requests.js";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

test("a schema creation has an empty message name unless told, and reads back", () => {
  const creation = { schemaName: "s", schemaType: "json", createdByUsername: "root", schemaContent: '{"a":1}' };
  const bytes = encodeSchemaCreation(creation);
  expect(text(bytes)).toBe(
    String.raw`{"name":"s","type":"json","created_by_username":"root","schema_content":"{\"a\":1}","message_struct_name":""}`,
  );
  expect(decodeSchemaCreation(bytes)).toEqual({ ...creation, messageStructName: "" });
});

test("an attachment and a detachment read back", () => {
  const attachment = { schemaName: "s", stationName: "orders.eu", username: "root" };
  const detachment = { stationName: "orders.eu", username: "root" };
  expect(text(encodeSchemaAttachment(attachment))).toBe('{"name":"s","station_name":"orders.eu","username":"root"}');
  expect(text(encodeSchemaDetachment(detachment))).toBe('{"station_name":"orders.eu","username":"root"}');
  expect(decodeSchemaAttachment(encodeSchemaAttachment(attachment))).toEqual(attachment);
  expect(decodeSchemaDetachment(encodeSchemaDetachment(detachment))).toEqual(detachment);
});

test.each([decodeSchemaCreation, decodeSchemaAttachment, decodeSchemaDetachment])(
  "%o takes other spellings and refuses other types",
  (decode) => {
    expect(decode(Buffer.from('{"Station_Name":"S","USERNAME":"u","created_by_Username":"u"}'))).toBeDefined();
    for (const body of ['{"username":1,"type":1,"station_name":1}', "x", "[]"]) {
      expect(() => decode(Buffer.from(body))).toThrow(MalformedMessageError);
    }
  },
);

import { describe, expect, test } from "vitest";
import { parseStationName } from "../names.js";
import { decodeConfigurationsUpdate, encodeConfigurationsUpdate } from "./configurations-update.js";
import { decodeFunctionsUpdate, encodeFunctionsUpdate } from "./functions-update.js";
import { MalformedMessageError } from "./malformed-message-error.js";
import { decodeSchemaUpdate, encodeSchemaUpdate } from "./schema-update.js";
import { decodeSdkClientsUpdate, encodeSdkClientsUpdate, type SdkClientsUpdate } from "./sdk-clients-update.js";
import { isSchemaType, SCHEMA_TYPES } from "./station-schema.js";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const station = parseStationName("orders.eu");

describe("schema updates", () => {
  const schema = {
    schemaName: "s",
    schemaType: "json",
    versionNumber: 1,
    descriptor: "",
    schemaContent: "{}",
    messageStructName: "",
  };

  test("a set has type 1 and reads back", () => {
    const bytes = encodeSchemaUpdate({ type: "set", schema });
    expect(text(bytes)).toBe(
      '{"UpdateType":1,"init":{"schema_name":"s","type":"json","active_version":' +
        '{"version_number":1,"descriptor":"","schema_content":"{}","message_struct_name":""}}}',
    );
    expect(decodeSchemaUpdate(bytes)).toEqual({ type: "set", schema });
  });

  test("a drop has type 2 and zero values, and reads back", () => {
    const bytes = encodeSchemaUpdate({ type: "drop" });
    expect(text(bytes)).toBe(
      '{"UpdateType":2,"init":{"schema_name":"","type":"","active_version":' +
        '{"version_number":0,"descriptor":"","schema_content":"","message_struct_name":""}}}',
    );
    expect(decodeSchemaUpdate(bytes)).toEqual({ type: "drop" });
  });

  test.each(['{"UpdateType":2,"init":{"schema_name":"s"}}', '{"UpdateType":1,"init":{"schema_name":""}}', "{}"])(
    "%s is a drop by the rule of one SDK or the other",
    (body) => {
      expect(decodeSchemaUpdate(Buffer.from(body))).toEqual({ type: "drop" });
    },
  );

  test("an update without type goes by its schema's name", () => {
    expect(decodeSchemaUpdate(Buffer.from('{"init":{"schema_name":"s"}}'))).toMatchObject({ type: "set" });
  });

  test.each(['{"UpdateType":"1"}', '{"init":[]}', "", "text"])("%j is refused", (body) => {
    expect(() => decodeSchemaUpdate(Buffer.from(body))).toThrow(MalformedMessageError);
  });

  test("the four types of schema are known, in lower case", () => {
    expect(SCHEMA_TYPES.every(isSchemaType)).toBe(true);
    expect(["", "JSON", "xml"].some(isSchemaType)).toBe(false);
  });
});

describe("functions updates", () => {
  test("partition numbers are keys of text and read back as numbers", () => {
    const update = {
      firstFunctions: new Map([
        [2, 17],
        [10, 3],
      ]),
    };
    expect(text(encodeFunctionsUpdate(update))).toBe('{"functions":{"2":17,"10":3}}');
    expect(decodeFunctionsUpdate(encodeFunctionsUpdate(update))).toEqual(update);
  });

  test("none are an empty object, null or nothing", () => {
    expect(text(encodeFunctionsUpdate({ firstFunctions: new Map() }))).toBe('{"functions":{}}');
    for (const body of ['{"functions":{}}', '{"functions":null}', "{}"]) {
      expect(decodeFunctionsUpdate(Buffer.from(body)).firstFunctions.size).toBe(0);
    }
  });

  test.each(['{"functions":{"a":1}}', '{"functions":[1]}', '{"functions":{"1":null}}'])("%s is refused", (body) => {
    expect(() => decodeFunctionsUpdate(Buffer.from(body))).toThrow(MalformedMessageError);
  });
});

describe("updates for all clients", () => {
  test.each<[SdkClientsUpdate, string]>([
    [{ type: "send_notification", enabled: true }, '{"station_name":"","type":"send_notification","update":true}'],
    [
      { type: "schemaverse_to_dls", station, enabled: false },
      '{"station_name":"orders#eu","type":"schemaverse_to_dls","update":false}',
    ],
    [{ type: "remove_station", station }, '{"station_name":"orders#eu","type":"remove_station","update":null}'],
  ])("%o is written as the wire has it and reads back", (update, body) => {
    expect(text(encodeSdkClientsUpdate(update))).toBe(body);
    expect(decodeSdkClientsUpdate(Buffer.from(body))).toEqual(update);
  });

  test("a type of the future is ignored, whatever it carries", () => {
    expect(decodeSdkClientsUpdate(Buffer.from('{"type":"grow","update":[1],"station_name":"?"}'))).toBeUndefined();
    expect(decodeSdkClientsUpdate(Buffer.from("{}"))).toBeUndefined();
  });

  test.each([
    '{"type":"send_notification","update":"true"}',
    '{"type":"remove_station","station_name":""}',
    '{"type":"remove_station","station_name":"a.>"}',
    '{"type":1}',
  ])("%s is refused", (body) => {
    expect(() => decodeSdkClientsUpdate(Buffer.from(body))).toThrow(MalformedMessageError);
  });
});

test("a configurations update is one flag", () => {
  expect(text(encodeConfigurationsUpdate({ notifications: true }))).toBe('{"notifications":true}');
  expect(decodeConfigurationsUpdate(Buffer.from('{"Notifications":true}'))).toEqual({ notifications: true });
  expect(decodeConfigurationsUpdate(Buffer.from("{}"))).toEqual({ notifications: false });
  expect(() => decodeConfigurationsUpdate(Buffer.from('{"notifications":1}'))).toThrow(MalformedMessageError);
});

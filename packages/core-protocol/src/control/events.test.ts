import { describe, expect, test } from "vitest";
import { UsageError } from "../errors/usage-errors.js";
import { parseStationName } from "../names.js";
import { MalformedMessageError } from "./malformed-message-error.js";
import { decodeNackedDls, encodeNackedDls } from "./nacked-dls-event.js";
import { decodeNotification, encodeNotification } from "./notification-event.js";
import { decodePmAck, encodePmAck } from "./pm-ack-event.js";
import { decodeSchemaverseDls, encodeSchemaverseDls } from "./schemaverse-dls-event.js";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const station = parseStationName("orders.eu");

describe("notifications", () => {
  const event = { title: "Schema validation has failed", message: "Station: s", code: "{}" };

  test("have the one type that exists, and read back", () => {
    const bytes = encodeNotification(event);
    expect(text(bytes)).toBe(
      '{"title":"Schema validation has failed","msg":"Station: s","type":"schema_validation_fail_alert","code":"{}"}',
    );
    expect(decodeNotification(bytes)).toEqual({ ...event, alertType: "schema_validation_fail_alert" });
  });

  test("memphis.go's capitalised keys are read", () => {
    expect(decodeNotification(Buffer.from('{"Title":"t","Msg":"m","Code":"c","Type":"y"}'))).toEqual({
      title: "t",
      message: "m",
      code: "c",
      alertType: "y",
    });
    expect(() => decodeNotification(Buffer.from('{"code":{}}'))).toThrow(MalformedMessageError);
  });
});

describe("messages that a schema refused", () => {
  const event = {
    station,
    producerName: "p1",
    connectionId: "c-1",
    data: Uint8Array.of(0x00, 0x0a, 0x0f, 0x10, 0x7f, 0x80, 0xff),
    headers: { k: "v", $memphis_producedBy: "p1", $memphis_connectionId: "c-1" },
    validationError: "bad",
  };
  const BODY =
    '{"station_name":"orders#eu","producer":{"name":"p1","connection_id":"c-1"},"message":{"data":"000a0f107f80ff",' +
    '"headers":{"k":"v","$memphis_producedBy":"p1","$memphis_connectionId":"c-1"}},"validation_error":"bad"}';

  test("have two hex digits for each byte, below 0x10 and above 0x7f too", () => {
    expect(text(encodeSchemaverseDls(event))).toBe(BODY);
    expect(decodeSchemaverseDls(Buffer.from(BODY))).toEqual({ ...event, partition: undefined });
  });

  test("have hex of the bytes of text, not of its letters", () => {
    const bytes = encodeSchemaverseDls({ ...event, data: Buffer.from("日\n") });
    expect(text(bytes)).toContain('"data":"e697a50a"');
  });

  test("always have headers, and no partition unless told", () => {
    const bare = encodeSchemaverseDls({ ...event, data: new Uint8Array(), headers: {} });
    expect(text(bare)).toContain('"message":{"data":"","headers":{}}');
    expect(text(bare)).not.toContain("partition_number");
    const numbered = encodeSchemaverseDls({ ...event, partition: 3 });
    expect(text(numbered)).toMatch(/"validation_error":"bad","partition_number":3}$/);
    expect(decodeSchemaverseDls(numbered).partition).toBe(3);
  });

  test("that lack their headers cannot be written", () => {
    const headers = undefined as unknown as Record<string, string>;
    expect(() => encodeSchemaverseDls({ ...event, headers })).toThrow(UsageError);
  });

  test.each(["null", "{}"])("with headers %s are read as having none", (headers) => {
    const body = `{"station_name":"S","message":{"data":"FF0a","headers":${headers}},"creation_unix":1,"partition_number":0}`;
    expect(decodeSchemaverseDls(Buffer.from(body))).toEqual({
      station: "s",
      producerName: "",
      connectionId: "",
      data: Uint8Array.of(0xff, 0x0a),
      headers: {},
      validationError: "",
      partition: undefined,
    });
  });

  test.each(["a", "0", "zz", "0a0", "0x0a", "0a 0b"])("with %j for hex are refused", (data) => {
    const body = JSON.stringify({ station_name: "s", message: { data } });
    expect(() => decodeSchemaverseDls(Buffer.from(body))).toThrow(/message\.data/);
  });

  test("may be read all the same when their hex is none", () => {
    const body = JSON.stringify({ station_name: "s", message: { data: "7ba7d" } });
    expect(decodeSchemaverseDls(Buffer.from(body), (digits) => Buffer.from(digits)).data).toEqual(Buffer.from("7ba7d"));
    const good = JSON.stringify({ station_name: "s", message: { data: "7b" } });
    expect(decodeSchemaverseDls(Buffer.from(good), () => Buffer.from("x")).data).toEqual(Uint8Array.of(0x7b));
  });

  test.each([
    '{"message":{"data":""}}',
    '{"station_name":"a b"}',
    '{"station_name":"s","message":{"headers":[]}}',
    "x",
  ])("%s is refused", (body) => {
    expect(() => decodeSchemaverseDls(Buffer.from(body))).toThrow(MalformedMessageError);
  });
});

describe("messages that a consumer gave up", () => {
  const event = { station, error: "poison", groupName: "billing", sequence: 42, partition: 2 };

  test("name station, reason, group, sequence and partition", () => {
    const bytes = encodeNackedDls(event);
    expect(text(bytes)).toBe(
      '{"station_name":"orders#eu","error":"poison","cg_name":"billing","seq":42,"partition":2}',
    );
    expect(decodeNackedDls(bytes)).toEqual(event);
  });

  test.each([0, -1, Number.NaN, 1.5])("never say partition %d, over which a broker panics", (partition) => {
    expect(() => encodeNackedDls({ ...event, partition })).toThrow(UsageError);
  });

  test("never say sequence 0", () => {
    expect(() => encodeNackedDls({ ...event, sequence: 0 })).toThrow(UsageError);
  });

  test.each(['{"station_name":"s","partition":0}', '{"station_name":"s"}', '{"station_name":"","partition":1}'])(
    "%s is refused",
    (body) => {
      expect(() => decodeNackedDls(Buffer.from(body))).toThrow(MalformedMessageError);
    },
  );
});

test("an ack of a message that was sent again is an id and a group", () => {
  expect(text(encodePmAck({ id: 7, groupName: "billing" }))).toBe('{"id":7,"cg_name":"billing"}');
  expect(decodePmAck(Buffer.from('{"ID":7,"cg_name":"billing"}'))).toEqual({ id: 7, groupName: "billing" });
  expect(() => encodePmAck({ id: Number.NaN, groupName: "g" })).toThrow(UsageError);
  expect(() => decodePmAck(Buffer.from('{"id":"7"}'))).toThrow(MalformedMessageError);
});

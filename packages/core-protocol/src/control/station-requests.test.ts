import { describe, expect, test } from "vitest";
import { UsageError } from "../errors/usage-errors.js";
import { MalformedMessageError } from "./malformed-message-error.js";
import {
  decodeStationCreation,
  decodeStationDestruction,
  encodeStationCreation,
  encodeStationDestruction,
  STATION_CREATION_DEFAULTS,
} from "./station-requests.js";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe("station creation", () => {
  test("a request with nothing but names has the SDKs' defaults", () => {
    expect(text(encodeStationCreation({ stationName: "Orders.eu", username: "root" }))).toBe(
      '{"name":"Orders.eu","retention_type":"message_age_sec","retention_value":3600,"storage_type":"file","replicas":1,' +
        '"idempotency_window_in_ms":120000,"schema_name":"","dls_configuration":{"poison":true,"schemaverse":true},' +
        '"username":"root","tiered_storage_enabled":false,"partitions_number":1,"dls_station":""}',
    );
  });

  test("every field survives the way there and back", () => {
    const request = {
      stationName: "a",
      retentionType: "bytes",
      retentionValue: 5,
      storageType: "memory",
      replicas: 3,
      idempotencyWindowMs: 100,
      schemaName: "s",
      dlsConfiguration: { poison: false, schemaverse: true },
      username: "u",
      tieredStorageEnabled: true,
      partitionsNumber: 7,
      dlsStation: "d",
    };
    expect(decodeStationCreation(encodeStationCreation(request))).toEqual(request);
  });

  test("missing fields are zero, not the defaults of an SDK", () => {
    expect(decodeStationCreation(Buffer.from('{"name":"a","tenant_name":"t"}'))).toEqual({
      stationName: "a",
      retentionType: "",
      retentionValue: 0,
      storageType: "",
      replicas: 0,
      idempotencyWindowMs: 0,
      schemaName: "",
      dlsConfiguration: { poison: false, schemaverse: false },
      username: "",
      tieredStorageEnabled: false,
      partitionsNumber: 0,
      dlsStation: "",
    });
  });

  test("memphis.js and memphis.py spell schemaverse with a capital letter", () => {
    const request = decodeStationCreation(Buffer.from('{"dls_configuration":{"poison":true,"Schemaverse":true}}'));
    expect(request.dlsConfiguration).toEqual({ poison: true, schemaverse: true });
  });

  test.each(['{"name":1}', '{"replicas":"3"}', '{"dls_configuration":true}', '{"partitions_number":1.5}', "", "[]"])(
    "%s is refused",
    (body) => {
      expect(() => decodeStationCreation(Buffer.from(body))).toThrow(MalformedMessageError);
    },
  );

  test("numbers that JSON cannot carry are the caller's mistake", () => {
    expect(() => encodeStationCreation({ stationName: "a", username: "u", replicas: Number.NaN })).toThrow(UsageError);
  });

  test("defaults cannot be changed", () => {
    expect(Object.isFrozen(STATION_CREATION_DEFAULTS)).toBe(true);
    expect(Object.isFrozen(STATION_CREATION_DEFAULTS.dlsConfiguration)).toBe(true);
  });
});

test("a station destruction has two fields, which read back", () => {
  const request = { stationName: "orders.eu", username: "root" };
  expect(text(encodeStationDestruction(request))).toBe('{"station_name":"orders.eu","username":"root"}');
  expect(decodeStationDestruction(encodeStationDestruction(request))).toEqual(request);
  expect(() => decodeStationDestruction(Buffer.from("{"))).toThrow(MalformedMessageError);
});

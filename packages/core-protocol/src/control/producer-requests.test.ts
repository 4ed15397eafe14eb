import { describe, expect, test } from "vitest";
import { BrokerError } from "../errors/broker-errors.js";
import { UsageError } from "../errors/usage-errors.js";
import { MalformedMessageError } from "./malformed-message-error.js";
import {
  decodeProducerCreation,
  decodeProducerDestruction,
  encodeProducerCreation,
  encodeProducerDestruction,
  normalizeProducerCreation,
} from "./producer-requests.js";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const options = { producerName: "p1", stationName: "orders.eu", connectionId: "c-1", username: "root", appId: "a-1" };
const request = { ...options, producerType: "application", requestVersion: 4, sdkLanguage: "node.js" };

describe("producer creation", () => {
  test("the reference's example is written byte for byte", () => {
    expect(text(encodeProducerCreation(options))).toBe(
      '{"name":"p1","station_name":"orders.eu","connection_id":"c-1","producer_type":"application","req_version":4,' +
        '"username":"root","app_id":"a-1","sdk_lang":"node.js"}',
    );
  });

  test("the current version reads back whole", () => {
    expect(decodeProducerCreation(encodeProducerCreation(options))).toEqual(request);
  });

  test.each([
    [0, '"producer_type":"application","username":"root"}'],
    [1, '"req_version":1,"username":"root"}'],
    [2, '"req_version":2,"username":"root","app_id":"a-1"}'],
    [3, '"req_version":3,"username":"root","app_id":"a-1"}'],
    [4, '"req_version":4,"username":"root","app_id":"a-1","sdk_lang":"node.js"}'],
  ])("version %d has its own fields, and before 4 the connection id stands for the app id", (requestVersion, end) => {
    const bytes = encodeProducerCreation({ ...options, requestVersion });
    expect(text(bytes).endsWith(end)).toBe(true);
    expect(decodeProducerCreation(bytes)).toEqual({
      ...request,
      requestVersion,
      ...(requestVersion < 4 && { appId: "c-1", sdkLanguage: "" }),
    });
  });

  test("an empty object is a request of version 0 that says nothing", () => {
    expect(decodeProducerCreation(Buffer.from("{}"))).toEqual({
      producerName: "",
      stationName: "",
      connectionId: "",
      producerType: "",
      requestVersion: 0,
      username: "",
      appId: "",
      sdkLanguage: "",
    });
  });

  test("other spellings of keys and unknown fields make no difference", () => {
    const body = '{"Name":"p1","STATION_NAME":"s","Req_Version":4,"App_ID":"x","tenant_name":"t","future":{}}';
    expect(decodeProducerCreation(Buffer.from(body))).toMatchObject({
      producerName: "p1",
      stationName: "s",
      requestVersion: 4,
      appId: "x",
    });
  });

  test.each(['{"req_version":"4"}', '{"name":{}}', '{"req_version":4,"app_id":1}', "not json", ""])(
    "%s is refused",
    (body) => {
      expect(() => decodeProducerCreation(Buffer.from(body))).toThrow(MalformedMessageError);
    },
  );

  test("a field that JavaScript left out is the caller's mistake", () => {
    expect(() => encodeProducerCreation({ ...options, appId: undefined as unknown as string })).toThrow(UsageError);
  });
});

describe("a broker's rules for producers", () => {
  test("names are lower-cased", () => {
    const normalized = normalizeProducerCreation({ ...request, producerName: "P1", stationName: "Orders.EU" });
    expect(normalized).toEqual({ ...request, producerName: "p1", stationName: "orders.eu" });
  });

  test("connectors are allowed", () => {
    expect(normalizeProducerCreation({ ...request, producerType: "connector" }).producerType).toBe("connector");
  });

  test.each([
    [{ producerName: "-p" }, /^Producer name/],
    [{ stationName: "" }, /^Station name/],
    [{ producerType: "" }, /producer type/],
    [{ producerType: "Application" }, /producer type/],
  ])("%o is refused", (change, message) => {
    expect(() => normalizeProducerCreation({ ...request, ...change })).toThrow(BrokerError);
    expect(() => normalizeProducerCreation({ ...request, ...change })).toThrow(message);
  });
});

test("a producer destruction is of version 1 and reads back", () => {
  const destruction = { name: "p1", stationName: "orders.eu", username: "root", connectionId: "c-1" };
  const bytes = encodeProducerDestruction(destruction);
  expect(text(bytes)).toBe(
    '{"name":"p1","station_name":"orders.eu","username":"root","connection_id":"c-1","req_version":1}',
  );
  expect(decodeProducerDestruction(bytes)).toEqual({ ...destruction, requestVersion: 1 });
});

test("a producer destruction of an old SDK has no connection id and version 0", () => {
  expect(decodeProducerDestruction(Buffer.from('{"name":"p","station_name":"s"}'))).toEqual({
    name: "p",
    stationName: "s",
    username: "",
    connectionId: "",
    requestVersion: 0,
  });
  expect(() => decodeProducerDestruction(Buffer.from('{"name":1}'))).toThrow(/producer destruction request/);
});

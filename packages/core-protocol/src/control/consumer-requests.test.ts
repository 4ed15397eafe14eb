import { expect, test } from "vitest";
import {
  decodeConsumerCreation,
  decodeConsumerDestruction,
  encodeConsumerCreation,
  encodeConsumerDestruction,
} from "./consumer-requests.js";
import { MalformedMessageError } from "./malformed-message-error.js";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const options = { consumerName: "c1", stationName: "orders.eu", connectionId: "c-1", username: "root", appId: "a-1" };
const request = {
  ...options,
  consumerType: "application",
  consumerGroup: "c1",
  maxAckTimeMs: 30_000,
  maxMessageDeliveries: 2,
  startConsumeFromSequence: 1,
  lastMessages: -1,
  requestVersion: 4,
  sdkLanguage: "node.js",
};

test("a request with nothing but names has the SDKs' defaults, and its own name for a group", () => {
  expect(text(encodeConsumerCreation(options))).toBe(
    '{"name":"c1","station_name":"orders.eu","connection_id":"c-1","consumer_type":"application","consumers_group":"c1",' +
      '"max_ack_time_ms":30000,"max_msg_deliveries":2,"start_consume_from_sequence":1,"last_messages":-1,"req_version":4,' +
      '"username":"root","app_id":"a-1","sdk_lang":"node.js"}',
  );
  expect(decodeConsumerCreation(encodeConsumerCreation(options))).toEqual(request);
});

test("every field survives the way there and back", () => {
  const other = {
    ...request,
    consumerType: "connector",
    consumerGroup: "",
    maxAckTimeMs: 1,
    maxMessageDeliveries: 9,
    startConsumeFromSequence: 77,
    lastMessages: 5,
    sdkLanguage: "go",
  };
  expect(decodeConsumerCreation(encodeConsumerCreation(other))).toEqual(other);
});

test.each([0, 1, 2, 3])("in version %d the connection id stands for the app id", (requestVersion) => {
  const decoded = decodeConsumerCreation(encodeConsumerCreation({ ...options, requestVersion }));
  expect(decoded).toEqual({ ...request, requestVersion, appId: "c-1", sdkLanguage: "" });
});

test("missing numbers are zero, which a broker then judges", () => {
  expect(decodeConsumerCreation(Buffer.from('{"NAME":"c"}'))).toMatchObject({
    consumerName: "c",
    consumerGroup: "",
    maxAckTimeMs: 0,
    maxMessageDeliveries: 0,
    startConsumeFromSequence: 0,
    lastMessages: 0,
  });
});

test.each(['{"start_consume_from_sequence":-1}', '{"last_messages":"1"}', '{"consumers_group":[]}', ""])(
  "%s is refused",
  (body) => {
    expect(() => decodeConsumerCreation(Buffer.from(body))).toThrow(MalformedMessageError);
  },
);

test("a consumer destruction is of version 1 and reads back", () => {
  const destruction = { name: "c1", stationName: "s", username: "root", connectionId: "c-1" };
  const bytes = encodeConsumerDestruction(destruction);
  expect(text(bytes)).toBe('{"name":"c1","station_name":"s","username":"root","connection_id":"c-1","req_version":1}');
  expect(decodeConsumerDestruction(bytes)).toEqual({ ...destruction, requestVersion: 1 });
  expect(
    decodeConsumerDestruction(encodeConsumerDestruction({ ...destruction, requestVersion: 0 })).requestVersion,
  ).toBe(0);
  expect(() => decodeConsumerDestruction(Buffer.from("[]"))).toThrow(/consumer destruction request/);
});

import { describe, expect, test } from "vitest";
import { MalformedMessageError } from "./malformed-message-error.js";
import {
  decodeProducerCreationReply,
  encodeProducerCreationReply,
  producerCreationFailure,
} from "./producer-creation-reply.js";

const NO_SCHEMA =
  '{"schema_name":"","type":"","active_version":{"version_number":0,"descriptor":"","schema_content":"","message_struct_name":""}}';
const read = (text: string) => decodeProducerCreationReply(Buffer.from(text));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const reply = {
  error: "",
  schema: undefined,
  partitions: [1, 2, 3],
  schemaverseToDls: true,
  sendNotification: false,
  stationVersion: 2,
  firstFunctions: new Map([[1, 17]]),
};
const EXAMPLE =
  `{"schema_update":${NO_SCHEMA},"partitions_update":{"partitions_list":[1,2,3]},"schemaverse_to_dls":true,` +
  `"send_notification":false,"station_version":2,"station_partitions_first_functions":{"1":17},"error":""}`;

test("the reference's example is written byte for byte and reads back", () => {
  expect(text(encodeProducerCreationReply(reply))).toBe(EXAMPLE);
  expect(read(EXAMPLE)).toEqual(reply);
});

test("a schema goes the way there and back", () => {
  const schema = {
    schemaName: "s",
    schemaType: "protobuf",
    versionNumber: 3,
    descriptor: "CgA=",
    schemaContent: 'syntax = "proto3";',
    messageStructName: "Order",
  };
  expect(read(text(encodeProducerCreationReply({ ...reply, schema })))).toEqual({ ...reply, schema });
});

test("a refusal has every key, all zero", () => {
  expect(text(encodeProducerCreationReply(producerCreationFailure("no such user")))).toBe(
    `{"schema_update":${NO_SCHEMA},"partitions_update":{"partitions_list":[]},"schemaverse_to_dls":false,` +
      `"send_notification":false,"station_version":0,"station_partitions_first_functions":{},"error":"no such user"}`,
  );
});

describe("brokers answer in several ways", () => {
  test.each([
    '{"partitions_update":{"partitions_list":null}}',
    '{"partitions_update":{"partitions_list":[]}}',
    '{"partitions_update":null}',
    "{}",
    "",
  ])("%s is a station without partitions", (body) => {
    expect(read(body)).toEqual(producerCreationFailure(""));
  });

  test("plain text is the error", () => {
    expect(read("Station orders already exists")).toEqual(producerCreationFailure("Station orders already exists"));
  });

  test("with an error nothing else is looked at", () => {
    expect(read('{"error":"no","partitions_update":7}')).toEqual(producerCreationFailure("no"));
  });

  test("null functions are none, and unknown fields make no difference", () => {
    expect(read('{"Station_Version":2,"station_partitions_first_functions":null,"new":1}')).toEqual({
      ...producerCreationFailure(""),
      stationVersion: 2,
    });
  });
});

test.each([
  '{"partitions_update":{"partitions_list":[0,1]}}',
  '{"partitions_update":{"partitions_list":[1.5]}}',
  '{"partitions_update":{"partitions_list":["1"]}}',
  '{"partitions_update":[1]}',
  '{"schema_update":{"schema_name":1}}',
  '{"schema_update":{"schema_name":"s","active_version":{"version_number":"1"}}}',
  '{"schemaverse_to_dls":"yes"}',
  '{"station_version":"2"}',
  '{"station_partitions_first_functions":{"one":1}}',
  '{"station_partitions_first_functions":{"1":"17"}}',
  '{"error":5}',
])("%s leaves the outcome unknown", (body) => {
  expect(() => read(body)).toThrow(MalformedMessageError);
  expect(() => read(body)).toThrow(expect.objectContaining({ outcome: "unknown" }) as Error);
});

import { expect, test } from "vitest";
import {
  consumerCreationFailure,
  decodeConsumerCreationReply,
  encodeConsumerCreationJson,
  encodeConsumerCreationReply,
} from "./consumer-creation-reply.js";

const NO_SCHEMA =
  '{"schema_name":"","type":"","active_version":{"version_number":0,"descriptor":"","schema_content":"","message_struct_name":""}}';
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const read = (body: string) => decodeConsumerCreationReply(Buffer.from(body));

test("ok is JSON with every key and reads back", () => {
  const reply = { error: "", schema: undefined, partitions: [1, 2] };
  const body = `{"schema_update":${NO_SCHEMA},"partitions_update":{"partitions_list":[1,2]},"error":""}`;
  expect(text(encodeConsumerCreationReply(reply))).toBe(body);
  expect(read(body)).toEqual(reply);
});

test("a refusal is plain text", () => {
  expect(text(encodeConsumerCreationReply(consumerCreationFailure("no such user")))).toBe("no such user");
});

test("both answers of a broker that answers twice say the same", () => {
  const refusal = consumerCreationFailure("Consumer name refused");
  const second = encodeConsumerCreationJson(refusal);
  expect(text(second)).toBe(
    `{"schema_update":${NO_SCHEMA},"partitions_update":{"partitions_list":[]},"error":"Consumer name refused"}`,
  );
  expect(decodeConsumerCreationReply(encodeConsumerCreationReply(refusal))).toEqual(refusal);
  expect(decodeConsumerCreationReply(second)).toEqual(refusal);
});

test.each(["", "{}", '{"error":""}', '{"partitions_update":{"partitions_list":null},"error":""}'])(
  "%j is ok without partitions",
  (body) => {
    expect(read(body)).toEqual({ error: "", schema: undefined, partitions: [] });
  },
);

test.each(['{"error":[]}', '{"partitions_update":{"partitions_list":[-1]}}', '{"schema_update":"s"}'])(
  "%s leaves the outcome unknown",
  (body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ outcome: "unknown" }) as Error);
  },
);

import { runInNewContext } from "node:vm";
import { parseProducerName, UsageError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { JETSTREAM_STYLE } from "../declaration/jetstream-declaration.js";
import { createEncoder, type EncodedMessage } from "./encode.js";

const encode = createEncoder(parseProducerName("Checkout"), undefined, JETSTREAM_STYLE);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
const block = ({ headLines, headerTail }: EncodedMessage): string => headLines + text(headerTail);
const serialized = (serializer: (message: never) => unknown): Uint8Array =>
  createEncoder(
    parseProducerName("p"),
    serializer as (message: never) => Uint8Array,
    JETSTREAM_STYLE,
  )({ message: 1 }, undefined).payload;

describe("createEncoder", () => {
  it("writes the header block exactly, the id first", () => {
    const encoded = encode({ message: "x" }, "id-1");
    expect(block(encoded)).toBe("Nats-Msg-Id: id-1\r\n$memphis_producedBy: checkout\r\n\r\n");
  });

  it("writes no id line when there is no id", () => {
    expect(block(encode({ message: "x" }, undefined))).toBe("$memphis_producedBy: checkout\r\n\r\n");
  });

  it("writes what all messages have in common only once", () => {
    expect(encode({ message: "y" }, "1").headerTail).toBe(encode({ message: "x" }, undefined).headerTail);
  });

  it("counts the whole header block, and the payload", () => {
    const encoded = encode({ message: "grün", headers: { a: "ü" } }, "id");
    expect(encoded.sizeBytes).toBe(Buffer.byteLength(`NATS/1.0\r\n${block(encoded)}grün`));
  });

  it("puts the caller's headers last, in their order, one line per value", () => {
    const headers = { b: "2", a: ["1", "ü"], empty: "" };
    expect(block(encode({ message: "x", headers }, "id"))).toBe(
      "Nats-Msg-Id: id\r\n$memphis_producedBy: checkout\r\nb: 2\r\na: 1\r\na: ü\r\nempty: \r\n\r\n",
    );
    expect(block(encode({ message: "x", headers: {} }, undefined))).toBe("$memphis_producedBy: checkout\r\n\r\n");
  });

  it.each([
    [{ "Nats-Msg-Id": "1" }],
    [{ "msg-id": "1" }],
    [{ $memphis_producedBy: "x" }],
    [{ "Nats-Batch-Id": "x" }],
    [{ "a:b": "x" }],
    [{ a: "x\r\ny" }],
    [{ a: 5 as never }],
    [{ a: "x".repeat(70_000) }],
  ])("refuses the headers %o", (headers) => {
    expect(() => encode({ message: "x", headers: headers }, "id")).toThrow(UsageError);
  });

  it("takes bytes as they are, without a copy, text as UTF-8 and the rest as JSON", () => {
    const message = Buffer.from([1, 2, 3]);
    expect(encode({ message }, undefined).payload).toBe(message);
    expect(text(encode({ message: "ü" }, undefined).payload)).toBe("ü");
    expect(text(encode({ message: { a: [1, null] } }, undefined).payload)).toBe('{"a":[1,null]}');
    expect(() => encode({ message: undefined }, undefined)).toThrow(UsageError);
    expect(() => encode({ message: 1n }, undefined)).toThrow(UsageError);
  });

  it("uses the serializer in place of all that", () => {
    const encodeOrder = createEncoder(
      parseProducerName("p"),
      (order: { id: number }) => Buffer.from([order.id]),
      JETSTREAM_STYLE,
    );
    expect([...encodeOrder({ message: { id: 7 } }, undefined).payload]).toEqual([7]);
  });

  it("takes bytes of another realm from the serializer", () => {
    const foreign = runInNewContext("new Uint8Array([9])") as Uint8Array;
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    expect(serialized(() => foreign)).toBe(foreign);
  });

  it("tells that the serializer threw, with its error as the cause", () => {
    const cause = new Error("no schema");
    const fail = (): never => {
      throw cause;
    };
    expect(() => serialized(fail)).toThrow(expect.objectContaining({ code: "SK_USAGE", cause }) as Error);
  });

  it.each([["text"], [undefined], [null], [[1, 2]], [new ArrayBuffer(1)], [new Uint16Array(1)]])(
    "refuses a serializer that gives %o",
    (value) => {
      expect(() => serialized(() => value)).toThrow(UsageError);
    },
  );

  it("refuses a promise, and takes care of its rejection", async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", onUnhandled);
    expect(() => serialized(() => Promise.reject(new Error("late")))).toThrow("not a promise");
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off("unhandledRejection", onUnhandled);
    expect(unhandled).toEqual([]);
  });
});

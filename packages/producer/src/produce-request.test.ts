import { UsageError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { checkRequest, type ProduceOptions } from "./produce-request.js";

describe("checkRequest", () => {
  it.each<[string, ProduceOptions]>([
    ["a message alone", { message: "x" }],
    ["a message that is undefined, which a serializer may take", { message: undefined }],
    ["everything with a key", { message: 1, headers: { a: "1" }, msgId: "id", partitionKey: "", asyncProduce: false }],
    ["everything with a number", { message: 1, partitionNumber: 3, signal: new AbortController().signal }],
    ["a time of its own", { message: 1, deliveryTimeoutMs: 1 }],
    ["the longest id", { message: 1, msgId: "x".repeat(1_024) }],
    ["an id with blanks inside", { message: 1, msgId: "order 17: eu" }],
    ["headers without a prototype", { message: 1, headers: Object.assign(Object.create(null) as object, { a: "1" }) }],
  ])("takes %s", (_, request) => {
    checkRequest(request);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a text", "hello"],
    ["a list", [{ message: 1 }]],
    ["no message", { headers: {} }],
    ["a misspelt option", { message: 1, partitionkey: "a" }],
    ["a key and a number", { message: 1, partitionKey: "a", partitionNumber: 1 }],
    ["an empty id", { message: 1, msgId: "" }],
    ["an id that is no text", { message: 1, msgId: 5 }],
    ["an id with a line break", { message: 1, msgId: "a\r\nb" }],
    ["an id with a blank at its end", { message: 1, msgId: "a " }],
    ["an id with a blank at its start", { message: 1, msgId: " a" }],
    ["an id that is not ASCII", { message: 1, msgId: "ä" }],
    ["an id that is too long", { message: 1, msgId: "x".repeat(1_025) }],
    ["asyncProduce that is no boolean", { message: 1, asyncProduce: "false" }],
    ["headers that are null", { message: 1, headers: null }],
    ["headers that are text", { message: 1, headers: "a: b" }],
    ["headers in a list", { message: 1, headers: [["a", "b"]] }],
    ["headers in a Map", { message: 1, headers: new Map([["a", "b"]]) }],
    ["headers of fetch", { message: 1, headers: new Headers({ a: "b" }) }],
    ["no time at all", { message: 1, deliveryTimeoutMs: 0 }],
    ["a time that is no number", { message: 1, deliveryTimeoutMs: "1000" }],
    ["half a millisecond", { message: 1, deliveryTimeoutMs: 0.5 }],
    ["a time that no timer can wait", { message: 1, deliveryTimeoutMs: 2 ** 31 }],
    ["a signal that is null", { message: 1, signal: null }],
    ["a controller in the place of its signal", { message: 1, signal: new AbortController() }],
  ])("refuses %s", (_, request) => {
    expect(() => {
      checkRequest(request as ProduceOptions);
    }).toThrow(UsageError);
  });
});

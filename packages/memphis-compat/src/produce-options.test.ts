import { UsageError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { applyPartitions, choosePartition, type ProduceOptions, resolveProduce } from "./produce-options.js";

describe("a message in memphis-dev's words", () => {
  it("has memphis-dev's defaults", () => {
    expect(resolveProduce({ message: "m" })).toEqual({
      ...{ message: "m", deliveryTimeoutMs: 15_000, asyncProduce: true, headers: {}, msgId: undefined, partition: {} },
    });
  });

  it("counts ackWaitSec in seconds", () => {
    expect(resolveProduce({ message: "m", ackWaitSec: 30 }).deliveryTimeoutMs).toBe(30_000);
    expect(resolveProduce({ message: "m", ackWaitSec: 0.25 }).deliveryTimeoutMs).toBe(250);
  });

  it("takes a copy of bytes, since memphis-dev has written them when produce returns", () => {
    const bytes = Buffer.from("before");
    const { message } = resolveProduce({ message: bytes });
    bytes.write("after!");
    expect(Buffer.from(message as Uint8Array).toString()).toBe("before");
  });

  it("has no id but its own: one among headers that were passed on is that of another message", () => {
    const headers = { "msg-id": "of another", a: "1" };
    expect(resolveProduce({ message: "m", headers })).toMatchObject({ msgId: undefined, headers: { a: ["1"] } });
    expect(resolveProduce({ message: "m", headers }).headers).not.toHaveProperty("msg-id");
    expect(resolveProduce({ message: "m", headers, msgId: "own" })).toMatchObject({ msgId: "own" });
    expect(resolveProduce({ message: "m", msgId: null }).msgId).toBeUndefined();
    expect(resolveProduce({ message: "m", msgId: "" }).msgId).toBeUndefined();
  });

  it.each<[ProduceOptions]>([
    [{} as ProduceOptions],
    [{ message: "m", ackWaitSec: 0 }],
    [{ message: "m", ackWaitSec: Number.NaN }],
    [{ message: "m", headers: "a" as never }],
    [{ message: "m", partitionKey: "k" } as ProduceOptions],
  ])("is refused when it is %j", (options) => {
    expect(() => resolveProduce(options)).toThrow(UsageError);
  });
});

describe("the choice of a partition", () => {
  it.each([
    [null, -1, {}],
    [undefined, undefined, {}],
    ["", 0, { partitionKey: "" }],
    ["k", -1, { partitionKey: "k" }],
    [null, 2, { partitionNumber: 2 }],
  ])("by key %j and number %j is %j", (key, number, choice) => {
    expect(choosePartition(key, number)).toEqual(choice);
  });

  it("does not matter where there is one", () => {
    expect(applyPartitions({ partitionKey: "k", partitionNumber: 7 }, [1])).toEqual({});
  });

  it("is by key or by number where there are several", () => {
    expect(applyPartitions({ partitionNumber: 2 }, [1, 2])).toEqual({ partitionNumber: 2 });
    expect(() => applyPartitions({ partitionKey: "k", partitionNumber: 2 }, [1, 2])).toThrow(UsageError);
  });
});

import { inspect } from "node:util";
import { UsageError } from "@stationkit/core-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PubAck } from "../delivery.js";
import { PendingMessage } from "./pending-message.js";

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  process.on("unhandledRejection", onUnhandled);
});
afterEach(async () => {
  await new Promise(setImmediate);
  process.off("unhandledRejection", onUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

const ack: PubAck = { station: "orders", partition: 2, sequence: 7, duplicate: false, msgId: "id" };
const failure = new UsageError("no");

function create(): PendingMessage {
  return new PendingMessage({
    request: { message: "x" },
    station: "orders",
    partition: 2,
    msgId: "id",
    encoded: { headLines: "", headerTail: new Uint8Array(10), payload: new Uint8Array(5), sizeBytes: 25 },
    deliveryTimeoutMs: 1,
    deadline: 1,
  });
}

describe("PendingMessage", () => {
  it("counts headers and payload, and tells where it goes", () => {
    expect(create()).toMatchObject({ sizeBytes: 25, station: "orders", partition: 2, msgId: "id" });
  });

  it("is written to a log as what the caller knows, also while it stands in a queue", () => {
    const message = create();
    message.next = create();
    message.next.previous = message;
    expect(JSON.parse(JSON.stringify(message))).toEqual({ station: "orders", partition: 2, msgId: "id" });
    expect(inspect(message)).toBe("{ station: 'orders', partition: 2, msgId: 'id' }");
  });

  it("resolves a promise that was taken before the acknowledgement", async () => {
    const message = create();
    const { acknowledged } = message;
    message.settle(ack);
    expect(await acknowledged).toBe(ack);
  });

  it("resolves a promise that is taken after it", async () => {
    const message = create();
    message.settle(ack);
    expect(await message.acknowledged).toBe(ack);
  });

  it("gives the same promise every time", () => {
    const message = create();
    const { acknowledged } = message;
    message.settle(ack);
    expect(message.acknowledged).toBe(acknowledged);
  });

  it("rejects before and after alike", async () => {
    const [before, after] = [create(), create()];
    const early = expect(before.acknowledged).rejects.toBe(failure);
    before.settle(failure);
    after.settle(failure);
    await early;
    await expect(after.acknowledged).rejects.toBe(failure);
  });

  it("raises no unhandled rejection when nobody looks, or somebody looked and went away", () => {
    const [never, before, after] = [create(), create(), create()];
    void before.acknowledged;
    for (const message of [never, before, after]) message.settle(failure);
    void after.acknowledged;
  });

  it("settles once", async () => {
    const message = create();
    expect(message.isSettled).toBe(false);
    expect(message.settle(ack)).toBe(true);
    expect(message.isSettled).toBe(true);
    expect(message.settle(failure)).toBe(false);
    expect(await message.acknowledged).toBe(ack);
  });

  it("takes its abort listener back, once, when it is settled or told to", () => {
    const removed: string[] = [];
    const [settled, stopped] = [create(), create()];
    settled.abortListener = () => removed.push("settled");
    stopped.abortListener = () => removed.push("stopped");
    settled.settle(ack);
    stopped.stopListening();
    stopped.settle(ack);
    settled.stopListening();
    expect(removed).toEqual(["settled", "stopped"]);
  });
});

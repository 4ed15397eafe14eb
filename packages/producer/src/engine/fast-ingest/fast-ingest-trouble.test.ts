import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeBroker } from "../../broker.fake.js";
import { FastIngestRig, STREAM } from "./fast-ingest.fake.js";

const warnings: string[] = [];

beforeEach(() => {
  warnings.length = 0;
  vi.useFakeTimers({ now: 1_000_000 });
  vi.spyOn(process, "emitWarning").mockImplementation((text, options) => {
    warnings.push(`${(options as { code: string }).code}: ${String(text)}`);
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("a batch that ends early", () => {
  it("is continued in the next one from where the server says that it ended", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b c d");
    rig.taken();
    await rig.answer(3, { type: "gap", last_seq: 2, seq: 3 });
    await rig.produce("e");
    await rig.end(1);
    expect(rig.outcomes()).toEqual({ a: "stored -" });
    expect(rig.taken()).toBe("b@1.0");
    await rig.ack(0, 5);
    expect(rig.taken()).toBe("c@2.1 d@3.1 e@4.2");
  });

  it("rejects the message that it ended at, and sends the others of it one by one", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b c d");
    rig.taken();
    await rig.answer(2, {
      type: "err",
      seq: 2,
      error: { code: 503, err_code: 10077, description: "maximum messages" },
    });
    expect(rig.taken()).toBe("@5.3");
    await rig.end(1);
    expect(rig.outcomes()).toEqual({ a: "stored -", b: "SK_STATION_FULL rejected" });
    expect(rig.taken()).toBe("c");
  });

  it("tries again, by itself, a message that is refused for a moment, and asks for less", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b");
    rig.taken();
    await rig.answer(1, { error: { code: 429, err_code: 10167 } }, { status: 429 });
    expect(rig.taken()).toBe("a");
    expect(rig.outcomes()).toEqual({});
  });

  it("does not claim that a message is not stored when another copy of it is being stored", async () => {
    const rig = await FastIngestRig.open({ deliveryTimeoutMs: 1_000 });
    await rig.trust();
    await rig.produce("a b");
    await rig.refuse(1, 10158);
    await vi.advanceTimersByTimeAsync(1_200);
    expect(rig.outcomes()).toMatchObject({ a: "SK_ACK_TIMEOUT unknown" });
  });

  it("sends what is in doubt again by itself, first of all, and the rest in a batch", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b c d");
    const before = rig.broker.published.map(({ msgId }) => msgId);
    rig.taken();
    await rig.refuse(3, 10208);
    const again = rig.broker.published[0];
    expect(rig.taken()).toBe("a");
    expect(again?.msgId).toBe(before[0]);
    rig.broker.ack(again?.reply ?? "", 1, 3);
    await rig.turn();
    const second = rig.broker.published[0];
    expect(rig.taken()).toBe("b");
    rig.broker.ack(second?.reply ?? "", 1, 4);
    await rig.turn();
    expect(rig.outcomes()).toEqual({ a: "stored 3", b: "stored 4" });
    expect(rig.taken()).toBe("c@1.0");
  });

  it("reports what is in doubt and has no id as unknown, at once", async () => {
    const rig = await FastIngestRig.open({ idempotent: false });
    await rig.trust();
    await rig.produce("a b c");
    await rig.refuse(2, 10208);
    expect(rig.outcomes()).toEqual({ a: "SK_ACK_TIMEOUT unknown" });
  });

  it("asks with one message when nobody listens, until somebody does", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b c");
    rig.taken();
    await rig.answer(1, "", { status: 503 });
    const probe = rig.broker.published[0]?.reply ?? "";
    expect(rig.taken()).toBe("a");
    rig.broker.answer(probe, "", 503);
    await vi.advanceTimersByTimeAsync(200);
    expect(rig.taken()).toBe("a");
    rig.broker.ack(probe, 1, 3);
    await rig.turn();
    expect(rig.taken()).toBe("b@1.0");
  });

  it("believes no other stream, and finds out about each message by itself", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b");
    rig.taken();
    await rig.end(2, "thief");
    const reply = rig.broker.published[0]?.reply ?? "";
    expect(rig.taken()).toBe("a");
    rig.broker.answer(reply, '{"stream":"thief", "seq":1}');
    await rig.turn();
    expect(rig.outcomes()).toEqual({ a: "SK_UNEXPECTED_ACK unknown" });
    expect(warnings).toEqual([expect.stringContaining("thief")]);
  });

  it("leaves the place of a message that cannot be published empty, which the server then tells", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    let published = 0;
    rig.broker.publishError = () => (++published === 2 ? new Error("too large") : undefined);
    await rig.produce("a b c");
    expect(rig.taken()).toBe("a@1.0 c@3.2");
    await rig.answer(3, { type: "gap", last_seq: 2, seq: 3 });
    await rig.end(1);
    expect(rig.outcomes()).toEqual({ a: "stored -", b: "SK_UNEXPECTED unknown" });
    expect(rig.taken()).toBe("c");
  });
});

describe("a silent server", () => {
  it("is pinged, then told to end the batch, then asked with one message", async () => {
    const rig = await FastIngestRig.open({ ackTimeoutMs: 3_000 });
    await rig.trust();
    await rig.produce("a b c d e");
    await rig.ack(0, 5);
    rig.taken();
    await vi.advanceTimersByTimeAsync(1_150);
    expect(rig.taken()).toBe("@5.4");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(rig.taken()).toBe("@6.3");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(rig.taken()).toBe("a");
  });

  it("is not pinged when it gets on", async () => {
    const rig = await FastIngestRig.open({ ackTimeoutMs: 3_000 });
    await rig.trust();
    await rig.produce("a b c d e f g h i j");
    await rig.ack(0, 5);
    rig.taken();
    await vi.advanceTimersByTimeAsync(900);
    await rig.ack(5, 5);
    await vi.advanceTimersByTimeAsync(900);
    await rig.ack(10, 5);
    expect(rig.taken()).toBe("@11.3");
  });

  it("that never accepts a batch gets messages one by one for a while", async () => {
    const rig = await FastIngestRig.open({ ackTimeoutMs: 300 });
    await rig.produce("a b c");
    expect(rig.taken()).toBe("a@1.0");
    await vi.advanceTimersByTimeAsync(400);
    const reply = rig.broker.published[0]?.reply ?? "";
    expect(rig.taken()).toBe("a");
    rig.broker.ack(reply, 1);
    await rig.turn();
    expect(rig.taken()).toBe("b c");
    expect(warnings).toHaveLength(1);
  });

  it("ends messages at their deadline, as unknown when they were sent", async () => {
    const rig = await FastIngestRig.open({ deliveryTimeoutMs: 500 });
    await rig.produce("a b");
    await vi.advanceTimersByTimeAsync(700);
    expect(rig.outcomes()).toEqual({ a: "SK_ACK_TIMEOUT unknown", b: "SK_DELIVERY_EXPIRED not-sent" });
  });
});

describe("without batches", () => {
  it("uses none, and warns, when the server is too old", async () => {
    const rig = await FastIngestRig.open({}, 1, new FakeBroker({ jetStreamApiLevel: 1 }));
    await rig.produce("a b c");
    expect(rig.taken()).toBe("a b c");
    expect(warnings).toEqual([expect.stringMatching(/^SK_FAST_INGEST_UNAVAILABLE: .*API level is 1/)]);
  });

  it("goes on one by one, and warns once, when the station does not allow them; and asks again after a reconnect", async () => {
    const rig = await FastIngestRig.open();
    await rig.produce("a b c");
    rig.taken();
    await rig.refuse(1, 10205);
    expect(rig.taken()).toBe("a b c");
    await rig.produce("d e");
    expect(rig.taken()).toBe("d e");
    expect(warnings).toEqual([expect.stringMatching(/^SK_FAST_INGEST_UNAVAILABLE: .*error 10205/)]);
    rig.broker.disconnect();
    rig.broker.reconnect();
    await rig.turn();
    expect(rig.broker.published.map(({ text }) => text)).toEqual(["a"]);
    rig.broker.ackAll();
    await rig.turn();
    expect(rig.broker.published.map(({ text }) => text)).toEqual(["b", "c", "d", "e"]);
    rig.broker.ackAll();
    await rig.produce("f g");
    expect(rig.taken()).toBe("f@1.0");
  });

  it("tries them again after a pause when the server has too many", async () => {
    const rig = await FastIngestRig.open();
    await rig.produce("a b");
    rig.taken();
    await rig.refuse(1, 10211, 429);
    const replies = rig.broker.published.map(({ reply }) => reply);
    expect(rig.taken()).toBe("a b");
    for (const reply of replies) rig.broker.ack(reply, 1);
    await vi.advanceTimersByTimeAsync(1_100);
    await rig.produce("c d");
    expect(rig.taken()).toBe("c@1.0");
  });

  it("takes the word of an older server that stored a message of a batch as any other", async () => {
    const rig = await FastIngestRig.open();
    await rig.produce("a b c");
    rig.taken();
    await rig.answer(1, { stream: STREAM, seq: 12 });
    expect(rig.outcomes()).toEqual({ a: "stored 12" });
    expect(rig.taken()).toBe("b c");
  });

  it("waits for the answers to all that an older server has of a batch", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b c");
    rig.taken();
    await rig.produce("d");
    await rig.answer(1, { stream: STREAM, seq: 12 });
    expect(rig.taken()).toBe("");
    await rig.answer(2, { stream: "thief", seq: 13 });
    await rig.answer(3, { stream: STREAM, seq: 14, duplicate: true });
    expect(rig.outcomes()).toEqual({ a: "stored 12", b: "SK_UNEXPECTED_ACK unknown", c: "stored 14" });
    expect(rig.taken()).toBe("d");
  });
});

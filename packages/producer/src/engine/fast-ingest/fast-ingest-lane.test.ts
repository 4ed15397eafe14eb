import { ConnectionClosedError, PermissionDeniedError } from "@stationkit/core-protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FastIngestRig, STREAM } from "./fast-ingest.fake.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("what goes in a batch", () => {
  it("is everything of one turn; the first time behind a first message that the server has to accept", async () => {
    const rig = await FastIngestRig.open();
    await rig.produce("a b c");
    expect(rig.taken()).toBe("a@1.0");
    await rig.ack(0, 5);
    expect(rig.taken()).toBe("b@2.1 c@3.2");
    await rig.end(3);
    expect(rig.outcomes()).toEqual({ a: "stored -", b: "stored -", c: "stored -" });
    expect(rig.results.get("a")).toMatchObject({
      station: "orders",
      partition: 1,
      sequence: undefined,
      duplicate: undefined,
    });
  });

  it("goes out at once, with its end, when the server has accepted batches", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b c");
    expect(rig.taken()).toBe("a@1.0 b@2.1 c@3.2");
  });

  it("is not a message that comes alone: that is answered with its sequence", async () => {
    const rig = await FastIngestRig.open();
    await rig.produce("a");
    const reply = rig.broker.published[0]?.reply ?? "";
    expect(rig.taken()).toBe("a");
    await rig.produce("b c");
    expect(rig.taken()).toBe("");
    rig.broker.ack(reply, 1, 7);
    await rig.turn();
    expect(rig.outcomes()).toEqual({ a: "stored 7" });
    expect(rig.taken()).toBe("b@1.0");
  });

  it("waits for the batch before it", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b");
    await rig.produce("c d");
    expect(rig.taken()).toBe("a@1.0 b@2.2");
    await rig.end(2);
    expect(rig.taken()).toBe("c@1.0 d@2.2");
  });

  it("stays open while acknowledgements are due, and is told to end when none is", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b c d e");
    expect(rig.taken()).toBe("a@1.0 b@2.1 c@3.1 d@4.1 e@5.1");
    await rig.ack(0, 5);
    await rig.produce("f");
    expect(rig.taken()).toBe("f@6.1");
    await rig.ack(5, 5);
    expect(rig.outcomes()).toMatchObject({ a: "stored -", e: "stored -" });
    expect(rig.taken()).toBe("@7.3");
    await rig.end(6);
    expect(rig.outcomes()).toMatchObject({ f: "stored -" });
  });

  it("has no message of a given id where copies are replicated, and any where they are not", async () => {
    const rig = await FastIngestRig.open({}, 3);
    await rig.trust();
    await rig.produce("a b", { msgId: "same" });
    expect(rig.taken()).toBe("a b");
    const single = await FastIngestRig.open({}, 1);
    await single.trust();
    await single.produce("a b", { msgId: "same" });
    expect(single.taken()).toBe("a@1.0 b@2.2");
  });

  it("ends before a message that goes by itself, which waits for it", async () => {
    const rig = await FastIngestRig.open({}, 3);
    await rig.trust();
    void rig.produce("a b");
    await rig.produce("own", { msgId: "own" });
    expect(rig.taken()).toBe("a@1.0 b@2.1 @3.3");
    await rig.end(2);
    expect(rig.taken()).toBe("own");
  });

  it("is not a message whose signal has fired", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    const controller = new AbortController();
    await rig.produce("a b");
    await rig.produce("c", { signal: controller.signal });
    await rig.produce("d e");
    controller.abort();
    await rig.end(2);
    expect(rig.outcomes()).toMatchObject({ c: "SK_ABORTED not-sent" });
    expect(rig.taken()).toBe("a@1.0 b@2.2 d@1.0 e@2.2");
  });

  it("is given up message by message, without harm to the others", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    const controller = new AbortController();
    void rig.produce("a");
    await rig.produce("b", { signal: controller.signal });
    controller.abort();
    await rig.end(2);
    expect(rig.outcomes()).toEqual({ a: "stored -", b: "SK_ABORTED unknown" });
  });
});

describe("a connection", () => {
  it("that takes nothing more lets the sweep go on, and what is unanswered is told as unknown", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b");
    rig.broker.publishError = () => new ConnectionClosedError("the connection drains", "not-sent");
    await vi.advanceTimersByTimeAsync(31_000);
    expect(rig.outcomes()).toEqual({ a: "SK_ACK_TIMEOUT unknown", b: "SK_ACK_TIMEOUT unknown" });
  });

  it("that is lost leaves a batch in doubt: it is sent again one by one, under the same ids", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b");
    const ids = rig.broker.published.map(({ msgId }) => msgId);
    rig.taken();
    rig.broker.disconnect();
    await rig.produce("c");
    expect(rig.taken()).toBe("");
    rig.broker.reconnect();
    await rig.turn();
    expect(rig.broker.published.map(({ msgId }) => msgId)).toEqual([ids[0]]);
    rig.broker.answer(rig.broker.published[0]?.reply ?? "", `{"stream":"${STREAM}", "seq":3,"duplicate": true}`);
    await rig.turn();
    expect(rig.results.get("a")).toMatchObject({ sequence: 3, duplicate: true });
    expect(rig.taken()).toBe("a b");
  });

  it("that is lost ends what has no id as lost", async () => {
    const rig = await FastIngestRig.open({ idempotent: false });
    await rig.trust();
    await rig.produce("a b");
    rig.broker.disconnect();
    await rig.turn();
    expect(rig.outcomes()).toEqual({ a: "SK_CONNECTION_LOST unknown", b: "SK_CONNECTION_LOST unknown" });
  });

  it("that is found lost while writing leaves everything waiting", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    rig.broker.state = "reconnecting";
    await rig.produce("a b");
    expect(rig.taken()).toBe("");
    rig.broker.reconnect();
    await rig.turn();
    expect(rig.taken()).toBe("a@1.0");
  });

  it("that is closed for good ends everything, honestly", async () => {
    const rig = await FastIngestRig.open();
    await rig.produce("a b");
    rig.broker.closeForGood();
    await rig.turn();
    expect(rig.outcomes()).toEqual({ a: "SK_CONNECTION_CLOSED unknown", b: "SK_CONNECTION_CLOSED not-sent" });
  });

  it("ends the batch, and listens no more, when the producer is closed", async () => {
    const rig = await FastIngestRig.open();
    await rig.trust();
    await rig.produce("a b c d e");
    await rig.ack(0, 5);
    await rig.ack(5, 5);
    expect(rig.taken()).toBe("a@1.0 b@2.1 c@3.1 d@4.1 e@5.1 @6.3");
    await rig.producer.close();
    expect(rig.broker.subscriptions).toBe(0);
  });
});

describe("a login that may not publish", () => {
  const denied = new PermissionDeniedError("publish", `${STREAM}.final`);

  it("is told so for each message of a batch that was never accepted", async () => {
    const rig = await FastIngestRig.open();
    await rig.produce("a b");
    rig.broker.deny(denied);
    rig.broker.deny(denied);
    await rig.turn();
    expect(rig.taken()).toBe("a@1.0 a");
    rig.broker.deny(denied);
    await rig.turn();
    expect(rig.outcomes()).toEqual({ a: "SK_PERMISSION_DENIED rejected" });
  });

  it("is told so for a message that goes by itself", async () => {
    const rig = await FastIngestRig.open();
    await rig.produce("a");
    rig.broker.deny(denied);
    await rig.turn();
    expect(rig.outcomes()).toEqual({ a: "SK_PERMISSION_DENIED rejected" });
  });
});

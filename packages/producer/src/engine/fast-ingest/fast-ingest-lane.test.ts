import { PermissionDeniedError, StationkitError } from "@stationkit/core-protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeBroker, fakeStation, openProducer } from "../../broker.fake.js";
import type { FastIngestPubAck } from "../../delivery.js";
import type { ProduceRequest } from "../../produce-request.js";
import type { ProducerOptions } from "../../producer-options.js";
import type { StationProducer } from "../../station-producer.js";

const STREAM = "orders$1";

/** A producer by fast ingest, whose broker is the test. Messages are named by their text. */
class Rig {
  readonly broker: FakeBroker;
  readonly producer: StationProducer<unknown>;
  readonly results = new Map<string, FastIngestPubAck | StationkitError>();
  /** Reply subject of the batch message that was taken last. */
  #lastReply = "";

  private constructor(broker: FakeBroker, producer: StationProducer<unknown>) {
    this.broker = broker;
    this.producer = producer;
  }

  static async open(options: Partial<ProducerOptions> = {}, replicas = 1, broker = new FakeBroker()): Promise<Rig> {
    const station = fakeStation("orders", 1, { replicas });
    return new Rig(broker, await openProducer(broker, { delivery: "fast-ingest", ...options }, station));
  }

  /** Produces messages, each named by one word, in one turn of the event loop. */
  async produce(texts: string, request: Partial<ProduceRequest> = {}): Promise<void> {
    for (const text of texts.split(" ")) {
      const settle = (result: FastIngestPubAck | StationkitError): unknown => this.results.set(text, result);
      this.producer.produce({ message: text, asyncProduce: false, ...request }).then(settle, settle);
    }
    await this.turn();
  }

  async turn(): Promise<void> {
    await vi.advanceTimersByTimeAsync(1);
  }

  /** What was published since the last look: the text, and for a batch its place and what it does. */
  taken(): string {
    this.#lastReply = this.#findLastReply();
    return this.broker.published
      .splice(0)
      .map(({ text, reply }) => (reply.endsWith("$FI") ? `${text}@${reply.split(".").slice(-3, -1).join(".")}` : text))
      .join(" ");
  }

  /** Answers for the batch that was published to last, about one of its messages. */
  async answer(sequence: number, body: unknown, { status = 0, operation = 1 } = {}): Promise<void> {
    const parts = this.#findLastReply().split(".").slice(0, -3);
    const reply = [...parts, sequence, operation, "$FI"].join(".");
    this.broker.answer(reply, body === "" ? "" : JSON.stringify(body), status);
    await this.turn();
  }

  ack(seq: number, msgs: number): Promise<void> {
    return this.answer(Math.max(1, seq), { type: "ack", seq, msgs });
  }

  end(count: number, stream = STREAM): Promise<void> {
    return this.answer(count, { stream, seq: count, batch: "b", count });
  }

  refuse(sequence: number, errorCode: number, code = 400): Promise<void> {
    return this.answer(sequence, { error: { code, err_code: errorCode, description: `error ${errorCode}` }, seq: 0 });
  }

  /** Opens a first batch and ends it, after which the server is trusted. The server speaks at every fifth message. */
  async trust(): Promise<void> {
    await this.produce("t1 t2");
    await this.ack(0, 5);
    await this.end(2);
    this.taken();
    this.results.clear();
  }

  #findLastReply(): string {
    return this.broker.published.findLast(({ reply }) => reply.endsWith("$FI"))?.reply ?? this.#lastReply;
  }

  outcomes(): Record<string, string> {
    return Object.fromEntries(
      [...this.results].map(([text, result]) => [
        text,
        result instanceof StationkitError ? `${result.code} ${result.outcome}` : `stored ${result.sequence ?? "-"}`,
      ]),
    );
  }
}

const warnings = (): string[] =>
  vi.mocked(process.emitWarning).mock.calls.map(([text, options]) => `${(options as { code: string }).code}: ${text}`);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("what goes in a batch", () => {
  it("is everything of one turn; the first time behind a first message that the server has to accept", async () => {
    const rig = await Rig.open();
    await rig.produce("a b c");
    expect(rig.taken()).toBe("a@1.0");
    await rig.ack(0, 5);
    expect(rig.taken()).toBe("b@2.1 c@3.2");
    await rig.end(3);
    expect(rig.outcomes()).toEqual({ a: "stored -", b: "stored -", c: "stored -" });
    expect(rig.results.get("a")).toEqual({
      station: "orders",
      partition: 1,
      sequence: undefined,
      duplicate: undefined,
      msgId: expect.any(String),
    });
  });

  it("goes out at once, with its end, when the server has accepted batches", async () => {
    const rig = await Rig.open();
    await rig.trust();
    await rig.produce("a b c");
    expect(rig.taken()).toBe("a@1.0 b@2.1 c@3.2");
  });

  it("is not a message that comes alone: that is answered with its sequence", async () => {
    const rig = await Rig.open();
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
    const rig = await Rig.open();
    await rig.trust();
    await rig.produce("a b");
    await rig.produce("c d");
    expect(rig.taken()).toBe("a@1.0 b@2.2");
    await rig.end(2);
    expect(rig.taken()).toBe("c@1.0 d@2.2");
  });

  it("stays open while acknowledgements are due, and is told to end when none is", async () => {
    const rig = await Rig.open();
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
    const rig = await Rig.open({}, 3);
    await rig.trust();
    await rig.produce("a b", { msgId: "same" });
    expect(rig.taken()).toBe("a b");
    const single = await Rig.open({}, 1);
    await single.trust();
    await single.produce("a b", { msgId: "same" });
    expect(single.taken()).toBe("a@1.0 b@2.2");
  });

  it("ends before a message that goes by itself, which waits for it", async () => {
    const rig = await Rig.open({}, 3);
    await rig.trust();
    void rig.produce("a b");
    await rig.produce("own", { msgId: "own" });
    expect(rig.taken()).toBe("a@1.0 b@2.1 @3.3");
    await rig.end(2);
    expect(rig.taken()).toBe("own");
  });

  it("is not a message whose signal has fired", async () => {
    const rig = await Rig.open();
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
    const rig = await Rig.open();
    await rig.trust();
    const controller = new AbortController();
    void rig.produce("a");
    await rig.produce("b", { signal: controller.signal });
    controller.abort();
    await rig.end(2);
    expect(rig.outcomes()).toEqual({ a: "stored -", b: "SK_ABORTED unknown" });
  });
});

describe("a batch that ends early", () => {
  it("is continued in the next one from where the server says that it ended", async () => {
    const rig = await Rig.open();
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
    const rig = await Rig.open();
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
    const rig = await Rig.open();
    await rig.trust();
    await rig.produce("a b");
    rig.taken();
    await rig.answer(1, { error: { code: 429, err_code: 10167 } }, { status: 429 });
    expect(rig.taken()).toBe("a");
    expect(rig.outcomes()).toEqual({});
  });

  it("does not claim that a message is not stored when another copy of it is being stored", async () => {
    const rig = await Rig.open({ deliveryTimeoutMs: 1_000 });
    await rig.trust();
    await rig.produce("a b");
    await rig.refuse(1, 10158);
    await vi.advanceTimersByTimeAsync(1_200);
    expect(rig.outcomes()).toMatchObject({ a: "SK_ACK_TIMEOUT unknown" });
  });

  it("sends what is in doubt again by itself, first of all, and the rest in a batch", async () => {
    const rig = await Rig.open();
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
    const rig = await Rig.open({ idempotent: false });
    await rig.trust();
    await rig.produce("a b c");
    await rig.refuse(2, 10208);
    expect(rig.outcomes()).toEqual({ a: "SK_ACK_TIMEOUT unknown" });
  });

  it("asks with one message when nobody listens, until somebody does", async () => {
    const rig = await Rig.open();
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
    const rig = await Rig.open();
    await rig.trust();
    await rig.produce("a b");
    rig.taken();
    await rig.end(2, "thief");
    const reply = rig.broker.published[0]?.reply ?? "";
    expect(rig.taken()).toBe("a");
    rig.broker.answer(reply, '{"stream":"thief", "seq":1}');
    await rig.turn();
    expect(rig.outcomes()).toEqual({ a: "SK_UNEXPECTED_ACK unknown" });
    expect(warnings()).toEqual([expect.stringContaining("thief")]);
  });

  it("leaves the place of a message that cannot be published empty, which the server then tells", async () => {
    const rig = await Rig.open();
    await rig.trust();
    let published = 0;
    rig.broker.publishError = () => (++published === 2 ? new Error("too large") : undefined);
    await rig.produce("a b c");
    expect(rig.taken()).toBe("a@1.0 c@3.2");
    await rig.answer(3, { type: "gap", last_seq: 2, seq: 3 });
    await rig.end(1);
    expect(rig.outcomes()).toMatchObject({ a: "stored -", b: expect.stringMatching(/^SK_/) });
    expect(rig.taken()).toBe("c");
  });
});

describe("a silent server", () => {
  it("is pinged, then told to end the batch, then asked with one message", async () => {
    const rig = await Rig.open({ ackTimeoutMs: 3_000 });
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
    const rig = await Rig.open({ ackTimeoutMs: 3_000 });
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
    const rig = await Rig.open({ ackTimeoutMs: 300 });
    await rig.produce("a b c");
    expect(rig.taken()).toBe("a@1.0");
    await vi.advanceTimersByTimeAsync(400);
    const reply = rig.broker.published[0]?.reply ?? "";
    expect(rig.taken()).toBe("a");
    rig.broker.ack(reply, 1);
    await rig.turn();
    expect(rig.taken()).toBe("b c");
    expect(warnings()).toHaveLength(1);
  });

  it("ends messages at their deadline, as unknown when they were sent", async () => {
    const rig = await Rig.open({ deliveryTimeoutMs: 500 });
    await rig.produce("a b");
    await vi.advanceTimersByTimeAsync(700);
    expect(rig.outcomes()).toEqual({ a: "SK_ACK_TIMEOUT unknown", b: "SK_DELIVERY_EXPIRED not-sent" });
  });
});

describe("without batches", () => {
  it("uses none, and warns, when the server is too old", async () => {
    const rig = await Rig.open({}, 1, new FakeBroker({ jetStreamApiLevel: 1 }));
    await rig.produce("a b c");
    expect(rig.taken()).toBe("a b c");
    expect(warnings()).toEqual([expect.stringMatching(/^SK_FAST_INGEST_UNAVAILABLE: .*API level is 1/)]);
  });

  it("goes on one by one, and warns once, when the station does not allow them; and asks again after a reconnect", async () => {
    const rig = await Rig.open();
    await rig.produce("a b c");
    rig.taken();
    await rig.refuse(1, 10205);
    expect(rig.taken()).toBe("a b c");
    await rig.produce("d e");
    expect(rig.taken()).toBe("d e");
    expect(warnings()).toEqual([expect.stringMatching(/^SK_FAST_INGEST_UNAVAILABLE: .*error 10205/)]);
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
    const rig = await Rig.open();
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
    const rig = await Rig.open();
    await rig.produce("a b c");
    rig.taken();
    await rig.answer(1, { stream: STREAM, seq: 12 });
    expect(rig.outcomes()).toEqual({ a: "stored 12" });
    expect(rig.taken()).toBe("b c");
  });

  it("waits for the answers to all that an older server has of a batch", async () => {
    const rig = await Rig.open();
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

describe("a connection", () => {
  it("that is lost leaves a batch in doubt: it is sent again one by one, under the same ids", async () => {
    const rig = await Rig.open();
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
    const rig = await Rig.open({ idempotent: false });
    await rig.trust();
    await rig.produce("a b");
    rig.broker.disconnect();
    await rig.turn();
    expect(rig.outcomes()).toEqual({ a: "SK_CONNECTION_LOST unknown", b: "SK_CONNECTION_LOST unknown" });
  });

  it("that is found lost while writing leaves everything waiting", async () => {
    const rig = await Rig.open();
    await rig.trust();
    rig.broker.state = "reconnecting";
    await rig.produce("a b");
    expect(rig.taken()).toBe("");
    rig.broker.reconnect();
    await rig.turn();
    expect(rig.taken()).toBe("a@1.0");
  });

  it("that is closed for good ends everything, honestly", async () => {
    const rig = await Rig.open();
    await rig.produce("a b");
    rig.broker.closeForGood();
    await rig.turn();
    expect(rig.outcomes()).toEqual({ a: "SK_CONNECTION_CLOSED unknown", b: "SK_CONNECTION_CLOSED not-sent" });
  });

  it("ends the batch, and listens no more, when the producer is closed", async () => {
    const rig = await Rig.open();
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
    const rig = await Rig.open();
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
    const rig = await Rig.open();
    await rig.produce("a");
    rig.broker.deny(denied);
    await rig.turn();
    expect(rig.outcomes()).toEqual({ a: "SK_PERMISSION_DENIED rejected" });
  });
});

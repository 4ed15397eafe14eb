import type { Outbound, OutboundMessage } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { AtomicUnsupportedError } from "../producer-errors.js";
import { AtomicBatch } from "./atomic-batch.js";

const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");
const refusal = (code: number): Uint8Array => bytes(`{"error":{"code":400,"err_code":${code}},"stream":"s$1","seq":0}`);
const ACK = bytes('{"stream":"s$1","seq":9,"batch":"id0","count":3}');

/** A batch, and what it has written. */
function createRig(
  count: number,
  apiLevel = 4,
): { batch: AtomicBatch; written: string[]; send: () => void; server: { jetStreamApiLevel: number } } {
  const written: string[] = [];
  let ids = 0;
  const server = { jetStreamApiLevel: apiLevel, version: "2.15.1" };
  const encoded = { headLines: "Nats-Msg-Id: m\r\n", headerTail: bytes("\r\n"), payload: bytes("x"), sizeBytes: 30 };
  const batch = new AtomicBatch({
    parts: Array.from({ length: count }, (_, i) => ({
      ...{ request: { message: i }, msgId: `m${i}`, sizeBytes: 30, encoded },
    })),
    ...{ station: "s", partition: 1, deliveryTimeoutMs: 1, deadline: 0, signal: undefined, server: server as never },
    nextId: () => `id${ids++}`,
  });
  const outbound = {
    publish: (_subject: string, reply: string, { headLines }: OutboundMessage) =>
      written.push(`${reply}|${headLines.replaceAll("\r\n", ";")}`),
  } as unknown as Outbound;
  return {
    ...{ batch, written, server },
    send() {
      batch.publish(outbound, "s$1.final", "reply");
      batch.attempts++;
    },
  };
}

describe("a try of an atomic batch", () => {
  it("numbers its messages, commits with the last, and asks for an answer to the first and the last", () => {
    const { written, send } = createRig(3);
    send();
    expect(written).toEqual([
      "reply|Nats-Msg-Id: m;Nats-Batch-Id: id0;Nats-Batch-Sequence: 1;",
      "|Nats-Msg-Id: m;Nats-Batch-Id: id0;Nats-Batch-Sequence: 2;",
      "reply|Nats-Msg-Id: m;Nats-Batch-Id: id0;Nats-Batch-Sequence: 3;Nats-Batch-Commit: 1;",
    ]);
  });

  it("has a batch id of its own, and asks for an answer to every message when it is a repeat", () => {
    const { written, send } = createRig(3);
    send();
    send();
    expect(written.slice(3).map((line) => /^(\w*)\|.*(id\d)/.exec(line)?.slice(1))).toEqual([
      ["reply", "id1"],
      ["reply", "id1"],
      ["reply", "id1"],
    ]);
  });

  it("is not written to a server that would store the messages one by one", () => {
    const { written, send, server } = createRig(3);
    server.jetStreamApiLevel = 1;
    expect(send).toThrow(AtomicUnsupportedError);
    expect(written).toEqual([]);
  });

  it("ends with the commit's acknowledgement", () => {
    const { batch, send } = createRig(3);
    send();
    expect(batch.screen(bytes(""), 0)).toEqual({ type: "progress" });
    expect(batch.screen(ACK, 0)).toEqual({ type: "answer", data: ACK, status: 0 });
  });

  it("is refused for the first reason given, when the commit is answered", () => {
    const { batch, send } = createRig(3);
    send();
    expect(batch.screen(refusal(10_210), 0)).toEqual({ type: "progress" });
    expect(batch.screen(refusal(10_176), 0)).toEqual({ type: "answer", data: refusal(10_210), status: 0 });
  });

  it("that nobody hears is told once, and so is a batch of one", () => {
    const rig = createRig(2);
    rig.send();
    expect(rig.batch.screen(bytes(""), 503)).toEqual({ type: "progress" });
    expect(rig.batch.screen(bytes(""), 503)).toEqual({ type: "answer", data: bytes(""), status: 503 });
    const single = createRig(1);
    single.send();
    expect(single.batch.screen(ACK, 0)).toMatchObject({ type: "answer" });
  });

  it("whose messages are stored one by one is reported as unknown, not as stored", () => {
    const { batch, send } = createRig(3);
    send();
    expect(batch.screen(bytes('{"stream":"s$1","seq":1}'), 0)).toMatchObject({
      ...{ type: "unusable", error: { code: "SK_UNEXPECTED", outcome: "unknown" } },
    });
  });

  it("is acknowledged late, too, after the next one was written", () => {
    const { batch, send } = createRig(3);
    send();
    send();
    expect(batch.screen(ACK, 0)).toMatchObject({ type: "answer", data: ACK });
  });
});

it("is known by an id only when all its messages have one", () => {
  const { batch } = createRig(3);
  expect(batch.msgId).toBe("m0");
  expect(batch.label).toBe("batch of 3 from message m0");
  expect(batch.ack({ station: "s", partition: 1, sequence: 9, duplicate: false, msgId: "m0" })).toEqual({
    ...{ station: "s", partition: 1, firstSequence: 7, lastSequence: 9, count: 3 },
    ...{ msgIds: ["m0", "m1", "m2"], duplicate: false },
  });
});

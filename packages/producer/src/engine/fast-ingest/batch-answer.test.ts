import { UnexpectedError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { type BatchAnswer, readBatchAnswer } from "./batch-answer.js";

const read = (text: string, status = 0): BatchAnswer => readBatchAnswer(Buffer.from(text), status);

/** As nats-server 2.15.1 wrote them. */
describe("readBatchAnswer", () => {
  it("reads how far the batch is stored, and when the next word comes", () => {
    expect(read('{"type":"ack","seq":0,"msgs":5}')).toEqual({ type: "ack", sequence: 0, interval: 5 });
    expect(read('{"type":"ack","seq":1500,"msgs":500}')).toEqual({ type: "ack", sequence: 1500, interval: 500 });
  });

  it("reads a gap", () => {
    expect(read('{"type":"gap","last_seq":3,"seq":4}')).toEqual({ type: "gap" });
  });

  it("reads the refusal of a message, inside a batch and without one", () => {
    const error = { code: 503, err_code: 10077, description: "maximum messages exceeded" };
    expect(read(JSON.stringify({ type: "err", seq: 5, error }))).toEqual({ type: "refused", error });
    expect(read(JSON.stringify({ error, stream: "s", seq: 0 }))).toEqual({ type: "refused", error });
  });

  it("reads the end of a batch, also when none of it was new", () => {
    expect(read('{"stream":"s","seq":14,"batch":"b","count":14}')).toEqual({ type: "ended", stream: "s", count: 14 });
    expect(read('{"stream":"s","seq":0,"batch":"b","count":3}')).toEqual({ type: "ended", stream: "s", count: 3 });
  });

  it("reads the acknowledgement of a server that knows no batches", () => {
    expect(read('{"stream":"s", "seq":7}')).toEqual({ type: "single", stream: "s", sequence: 7, duplicate: false });
    expect(read('{"stream":"s", "seq":7,"duplicate": true}')).toMatchObject({ type: "single", duplicate: true });
  });

  it("reads status headers", () => {
    expect(read("", 503)).toMatchObject({ type: "refused", error: { code: 503 } });
    expect(read('{"error":{"code":429,"err_code":10167}}', 429)).toEqual({
      type: "refused",
      error: { code: 429, err_code: 10167 },
    });
  });

  it.each([
    "",
    "nonsense",
    "null",
    '{"type":"ack"}',
    '{"type":"ack","seq":1,"msgs":0}',
    '{"type":"err"}',
    '{"count":1}',
  ])("does not take %j for an answer", (text) => {
    const answer = read(text);
    expect(answer.type === "unreadable" && answer.error).toBeInstanceOf(UnexpectedError);
  });
});
